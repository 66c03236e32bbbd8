import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { pageOf } from "#test/documentation/markdown.ts";

const notOurs = [".git", "node_modules", "cdk.out"];
const folders = readdirSync(root).filter((name) => !notOurs.includes(name) && statSync(join(root, name)).isDirectory());
const files = folders.flatMap((folder) =>
	readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
);
const fileNames = new Set([...files, ...readdirSync(root)].map((file) => basename(file)));

const documents = [...readdirSync(root), ...files.filter((file) => /^(?:docs|samples)\//.test(file))]
	.filter((file) => file.endsWith(".md"))
	.map((file) => [file, pageOf(readFileSync(join(root, file), "utf8"))] as const);
const pages = new Map(documents);

/** Decision records name files as they were on their day. */
const current = documents.filter(([file]) => !file.startsWith("docs/adr/"));

/** Whether the target of a link exists, with the heading that it names. A path is relative to its page; a web address is not checked. */
function resolves(from: string, link: string): boolean {
	if (/^[a-z]+:/.test(link)) return true;
	const [path = "", anchor] = link.split("#");
	const target = path === "" ? from : normalize(join(dirname(from), path));
	if (!existsSync(join(root, target))) return false;
	return anchor === undefined || (pages.get(target)?.anchors.has(anchor) ?? false);
}

const isPlaceholder = (code: string) => /[<>*…{}]|NAME/.test(code);

/** Whether a text in backticks names a file or folder of the repository: by its first folder or its ending. */
function isPath(code: string): boolean {
	if (!/^\.?[\w-]+(?:[/.][\w.-]+)*\/?$/.test(code) || isPlaceholder(code)) return false;
	const [first = ""] = code.split("/");
	return (code.includes("/") && folders.includes(first)) || /\.(?:ts|md|json|svg)$/.test(code);
}

/** A path counts from the root. A name without a folder counts where any file has it. */
const exists = (path: string) => existsSync(join(root, path)) || (!path.includes("/") && fileNames.has(path));

describe("the documents", () => {
	it.each(documents)("link from %s to pages and headings that exist", (file, { links }) => {
		expect(links.filter((link) => !resolves(file, link))).toEqual([]);
	});

	it.each(current)("name files in %s that exist", (_, { codes }) => {
		expect(codes.filter((code) => isPath(code) && !exists(code))).toEqual([]);
	});
});

describe("a page", () => {
	it("has the links, the code and the anchors of its prose, not of its code blocks", () => {
		const page = pageOf('# A `b` c\n[x](y.md#z) `[n](o)`\n\n```\n[p](q)\n```\n## A b c\n<img src="i.svg">\n');

		expect(page).toEqual({
			links: ["y.md#z", "i.svg"],
			codes: ["b", "[n](o)"],
			anchors: new Set(["a-b-c", "a-b-c-1"]),
		});
	});

	it.each([
		["docs/contract.md", "contract-tests.md#r7", true],
		["docs/contract.md", "contract-tests.md#r999", false],
		["docs/contract.md", "../README.md", true],
		["README.md", "docs/no-such-page.md", false],
	])("%s has a link to %s that resolves: %s", (from, link, expected) => {
		expect(resolves(from, link)).toBe(expected);
	});

	it.each([
		["smpp/no-such-file.ts", true, false],
		["smpp/operators/", true, true],
		["slots.test.ts", true, true],
		["stages/NAME.json", false, false],
		["application/json", false, false],
		["lambdas/<verb>.ts", false, false],
	])("that says %s names a path: %s; it exists: %s", (code, path, there) => {
		expect([isPath(code), isPath(code) && exists(code)]).toEqual([path, there]);
	});
});
