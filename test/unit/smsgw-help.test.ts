import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { manual } from "#admin/manual.ts";
import { program } from "#admin/program.ts";
import { root } from "#infra/entries.ts";
import { commandsOf } from "#test/command-tree.ts";

const leaves = commandsOf(program(() => undefined));

/** A command's whole help, as it is printed. */
function helpOf(command: Command): string {
	const pieces: string[] = [];
	command.configureOutput({ writeOut: (piece) => void pieces.push(piece) });
	command.outputHelp();
	return pieces.join("");
}

/** What the example of a command names that does not work on a stage: it computes, has a URL, or needs the local stack. */
const targetOf: Readonly<Record<string, string>> = {
	plan: "plan ",
	conformance: "https://",
	listen: "--local",
	trigger: "--local",
	backup: "--local",
};

describe("the help of smsgw", () => {
	it("knows its commands", () => {
		expect(leaves.length).toBeGreaterThan(30);
	});

	it.each(leaves)("$path says what it does, and has an example that calls it", ({ path, command }) => {
		const [, example = ""] = /\nExample:\n {2}\$ smsgw (.*)\n/.exec(helpOf(command)) ?? [];
		const [group = ""] = path.split(/ list$/);

		expect(command.description()).toMatch(/^[a-z].{10,}/);
		expect(example.startsWith(`${path} `) || example.startsWith(`${group} `)).toBe(true);
		expect(example).toContain(targetOf[path] ?? "--stage prod");
	});

	it.each(leaves)("$path takes the arguments and options of its example", ({ path, command }) => {
		const [, example = ""] = /\nExample:\n {2}\$ smsgw (.*)\n/.exec(helpOf(command)) ?? [];
		const written = [...example.matchAll(/ (--[a-z-]+)/g)].map(([, flag]) => flag);
		const known = [...command.options, ...program(() => undefined).options].map(({ long }) => long);

		expect(known).toEqual(expect.arrayContaining(written));
		if (command.registeredArguments.length > 0) expect(example).toMatch(new RegExp(`^${path} [^-]`));
	});

	it("is what docs/command-line.md says", () => {
		expect(readFileSync(join(root, "docs/command-line.md"), "utf8")).toBe(manual(program(() => undefined)));
	});
});
