import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { entries, root } from "#infra/entries.ts";
import { rights } from "#infra/rights.ts";

const bytesMax = 600 * 1_024;
const folder = mkdtempSync(join(tmpdir(), "smsgw-bundles-"));
const doors = Object.keys(rights).filter((entry) => entry !== "smpp");
afterAll(() => rmSync(folder, { recursive: true }));

/* As infra/gateway-function.ts has them made. */
const asDeployed = {
	bundle: true,
	minify: true,
	format: "esm",
	platform: "node",
	target: "node24",
	mainFields: ["module", "main"],
	logLevel: "silent",
} satisfies BuildOptions;

describe("the bundle of a function", () => {
	it.each(doors)("%s is at most 600 KB, and loads as a module as far as its environment", async (door) => {
		const outfile = join(folder, `${door}.mjs`);
		await build({ ...asDeployed, entryPoints: [join(root, entries.doors, `${door}.ts`)], outfile });

		const loaded = await import(outfile).then(
			({ handler }: { handler: unknown }) => typeof handler,
			(error: Error) => error.message,
		);

		expect(statSync(outfile).size).toBeLessThanOrEqual(bytesMax);
		expect(loaded).toMatch(/^function$|^environment: /);
	});
});
