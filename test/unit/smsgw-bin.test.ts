import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";

describe("the program smsgw", () => {
	it("says what to do in a clone without packages, and asks no registry", () => {
		const clone = mkdtempSync(join(tmpdir(), "smsgw-clone-"));
		copyFileSync(join(root, "smsgw"), join(clone, "smsgw"));

		const { status, stdout, stderr } = spawnSync(join(clone, "smsgw"), ["--help"], { encoding: "utf8" });
		rmSync(clone, { recursive: true });

		expect([status, stdout]).toEqual([1, ""]);
		expect(stderr).toBe(`smsgw: run "npm ci" in ${clone} first\n`);
		expect(readFileSync(join(root, "smsgw"), "utf8")).not.toMatch(/npx|npm exec/);
	});

	it("loads nothing before its compile cache is on, so that it starts in a third of the time", () => {
		const source = readFileSync(join(root, "admin/smsgw.ts"), "utf8");
		const loaded = [...source.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name = ""]) => name);

		expect(loaded.filter((name) => !isBuiltin(name))).toEqual([]);
		expect(source.indexOf("enableCompileCache(")).toBeLessThan(source.indexOf("await import("));
	});
});
