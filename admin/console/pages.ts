import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** A file of the pages, compressed. */
export type PageFile = { readonly type: string; readonly body: Buffer };

const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "console");

/** Modules of packages, by the name under which the pages import them. */
const packages: Readonly<Record<string, { readonly path: string; readonly file: string; readonly end?: string }>> = {
	preact: { path: "/packages/preact.js", file: "preact/dist/preact.mjs" },
	"preact/hooks": { path: "/packages/hooks.js", file: "preact/hooks/dist/hooks.mjs" },
	htm: { path: "/packages/htm.js", file: "htm/dist/htm.mjs" },
	/* The small file of the package is a script. */
	uplot: { path: "/packages/uplot.js", file: "uplot/dist/uPlot.iife.min.js", end: "\nexport default uPlot;" },
};
const plotStyle = { path: "/packages/uplot.css", file: "uplot/dist/uPlot.min.css" };

const types: Readonly<Record<string, string>> = {
	".ts": "text/javascript; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".svg": "image/svg+xml",
};

/**
 * The files that the console serves, by path, read when they are first asked for. The paths are a closed list: a path
 * from outside is never joined to a folder.
 */
export function pageFiles(): ReadonlyMap<string, () => PageFile> {
	const own = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => extname(name) in types);
	return new Map([
		...own.map((name) => [`/${name}`, once(() => compressed(name, pageSource(name)))] as const),
		...[...Object.values(packages), plotStyle].map((one) => [one.path, once(() => packageFile(one))] as const),
	]);
}

function pageSource(name: string): string {
	const source = readFileSync(join(folder, name), "utf8");
	return name.endsWith(".ts") ? withPackagePaths(withoutTypes(source)) : source;
}

function packageFile({ path, file, end = "" }: { path: string; file: string; end?: string }): PageFile {
	const source = readFileSync(join(root, "node_modules", file), "utf8").replace(/\n?\/\/# sourceMappingURL=.*$/m, "");
	return compressed(path, withPackagePaths(source) + end);
}

function compressed(name: string, source: string): PageFile {
	return { type: types[extname(name)] ?? "text/plain", body: gzipSync(source, { level: 9 }) };
}

const importOfPackage = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])([\w/]+)\2/g;

function withPackagePaths(source: string): string {
	return source.replaceAll(importOfPackage, (whole, before: string, _: string, name: string) =>
		name in packages ? `${before}"${packages[name]?.path}"` : whole,
	);
}

/** Removes types, and the blanks and comments that only a reader needs. */
function withoutTypes(source: string): string {
	return quietly(() => stripTypeScriptTypes(source))
		.replaceAll(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, "")
		.replaceAll(/^[ \t]+|[ \t]+$/gm, "")
		.replaceAll(/\n{2,}/g, "\n");
}

/** Node warns, once for a process, that it may still change this function. A test strips every file of the pages. */
function quietly<Result>(work: () => Result): Result {
	const { emitWarning } = process;
	process.emitWarning = () => undefined;
	try {
		return work();
	} finally {
		process.emitWarning = emitWarning;
	}
}

function once<Value>(read: () => Value): () => Value {
	let value: Value | undefined;
	return () => {
		value ??= read();
		return value;
	};
}
