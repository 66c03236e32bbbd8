import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bundleHandler } from "#bench/bundle.ts";
import { permissions } from "#infra/permissions.ts";

const bytesMax = 500 * 1_024;
const folder = mkdtempSync(join(tmpdir(), "smsgw-bundles-"));
const handlers = Object.keys(permissions).filter((entry) => entry !== "smpp");
afterAll(() => rmSync(folder, { recursive: true }));

describe("the bundle of a function", () => {
	it.each(handlers)("%s is at most 500 KB, and loads until it reads its environment", async (handler) => {
		const outfile = await bundleHandler(handler, folder);

		/* In a process of its own: the tests' own way to load modules lends them a require. */
		const { status, stderr } = spawnSync(process.execPath, [outfile], { env: {}, encoding: "utf8", timeout: 30_000 });

		expect(statSync(outfile).size).toBeLessThanOrEqual(bytesMax);
		expect(status === 0 ? "" : stderr).toMatch(/^$|Error: environment: /);
	});
});
