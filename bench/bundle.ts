import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { bundleAlias } from "#infra/bundle-alias.ts";
import { bundleBanner } from "#infra/bundle-banner.ts";
import { entries, root } from "#infra/entries.ts";
import { ownSourceMap } from "#infra/own-source-map.ts";

/* As infra/gateway-function.ts has them made. */
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

/** Makes a function's bundle in a folder, as it is deployed; gives its file. */
export async function bundleHandler(handler: string, folder: string): Promise<string> {
	const outfile = join(folder, `${handler}.mjs`);
	await build({ ...asDeployed, entryPoints: [join(root, entries.handlers, `${handler}.ts`)], outfile });
	const map = `${outfile}.map`;
	writeFileSync(map, JSON.stringify(ownSourceMap(JSON.parse(readFileSync(map, "utf8")), root, folder)));
	return outfile;
}
