import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { bundleAlias } from "#infra/bundle-alias.ts";
import { bundleBanner } from "#infra/bundle-banner.ts";
import { entries, root } from "#infra/entries.ts";
import { ownSourceMap } from "#infra/own-source-map.ts";

/* The options of infra/gateway-function.ts. */
const asDeployed = {
	bundle: true,
	minify: true,
	sourcemap: true,
	sourcesContent: false,
	format: "esm",
	platform: "node",
	target: "node24",
	mainFields: ["module", "main"],
	banner: { js: bundleBanner },
	alias: bundleAlias,
	logLevel: "silent",
} satisfies BuildOptions;

/** Writes a function's bundle, as it is deployed, into a folder. Returns its file. */
export async function bundleHandler(handler: string, folder: string): Promise<string> {
	const outfile = join(folder, `${handler}.mjs`);
	await build({ ...asDeployed, entryPoints: [join(root, entries.handlers, `${handler}.ts`)], outfile });
	const map = `${outfile}.map`;
	writeFileSync(map, JSON.stringify(ownSourceMap(JSON.parse(readFileSync(map, "utf8")), root, folder)));
	return outfile;
}
