import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";

const cacheWith = (env: Readonly<Record<string, string>>) => {
	const script = 'import("#local/processes/compile-cache.ts").then(({ compileCache }) => console.log(compileCache))';
	return execFileSync(process.execPath, ["-e", script], { cwd: root, env, encoding: "utf8" }).trim();
};

describe("the compile cache", () => {
	it("is in the clone, unless NODE_COMPILE_CACHE names a folder, as for a service that cannot write in the clone", () => {
		expect(cacheWith({})).toBe(join(root, "node_modules/.cache/smsgw"));
		expect(cacheWith({ NODE_COMPILE_CACHE: "/tmp/smsgw-cache" })).toBe("/tmp/smsgw-cache");
	});
});
