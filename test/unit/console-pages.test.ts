import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { pageFiles } from "#admin/console/pages.ts";

const files = pageFiles();
const paths = [...files.keys()];
const sourceOf = (path: string) => gunzipSync(files.get(path)?.().body ?? "").toString("utf8");

/** All that a browser loads for a module, by the imports in it. Those of a language are loaded when it is chosen. */
function loadedFrom(start: string, seen = new Set<string>()): ReadonlySet<string> {
	if (seen.has(start)) return seen;
	seen.add(start);
	const source = sourceOf(start);
	for (const [, name = ""] of source.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"'\n]+)["']/g))
		loadedFrom(new URL(name, `http://console${start}`).pathname, seen);
	return seen;
}

const shell = ["/index.html", "/style.css", "/icon.svg"];
const plots = ["/packages/uplot.js", "/packages/uplot.css"];

function octetsOf(loaded: readonly string[], without: readonly string[]): number {
	const needed = [...new Set(loaded)].filter((path) => !without.includes(path));
	return needed.reduce((sum, path) => sum + (files.get(path)?.().body.length ?? 0), 0);
}

describe("the pages of the console", () => {
	it("are modules without types, whose imports the server has", () => {
		const loaded = [...loadedFrom("/main.ts")];

		expect(loaded.filter((path) => !files.has(path))).toEqual([]);
		expect(loaded).toContain("/packages/preact.js");
		expect(sourceOf("/html.ts")).not.toContain("import type");
	});

	it.each(["ru", "kk"])("are at most 60 KB compressed on any page, in %s", (language) => {
		const other = `/words/${language === "ru" ? "kk" : "ru"}.ts`;

		expect(octetsOf([...shell, ...plots, ...loadedFrom("/main.ts")], [other])).toBeLessThan(60 * 1_024);
	});

	it("are at most 45 KB without the plots, which Traffic loads when it shows them", () => {
		expect(octetsOf([...shell, ...loadedFrom("/main.ts")], plots)).toBeLessThan(45 * 1_024);
		expect(sourceOf("/parts/plot.ts")).toContain('import("/packages/uplot.js")');
	});

	it("have no script and no style inline, and load nothing from elsewhere", () => {
		const page = readFileSync("console/index.html", "utf8");

		expect(page).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]* src=)/);
		expect([...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, at = ""]) => at.startsWith("/"))).not.toContain(false);
	});

	it("are a closed list of files", () => {
		expect(paths.every((path) => /^\/[\w/.-]+\.(ts|js|css|html|svg)$/.test(path) && !path.includes(".."))).toBe(true);
		expect(files.has("/../package.json")).toBe(false);
	});
});
