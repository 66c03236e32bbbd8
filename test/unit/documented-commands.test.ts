import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { program } from "#admin/program.ts";
import { root } from "#infra/entries.ts";

/** Every smsgw command in the documents, checked against the command line. */

const documents = [
	"README.md",
	"CONTRIBUTING.md",
	...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`),
	"samples/README.md",
].filter((name) => name.endsWith(".md") && !name.startsWith("docs/adr/"));

/** What stands in code, alone or as the line of a block, and begins with smsgw. */
function callsIn(markdown: string): readonly string[] {
	const blocks = [...markdown.matchAll(/^```[^\n]*\n(.*?)^```/gms)].flatMap(([, block = ""]) => block.split("\n"));
	const spans = [...markdown.replaceAll(/^```.*?^```/gms, "").matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
	return [...blocks, ...spans].flatMap((line) => /^\s*(?:\$ )?(?:\.\/)?smsgw (.+)$/.exec(line)?.[1] ?? []);
}

const calls = documents.flatMap((name) =>
	callsIn(readFileSync(join(root, name), "utf8")).map((call) => ({ name, call })),
);

type Called = { readonly command: Command; readonly given: readonly string[] };

/** The command that words lead to, and the words that are left for it. */
function calledBy(command: Command, words: readonly string[]): Called {
	const [word, ...others] = words;
	const next = command.commands.find((one) => one.name() === word);
	if (next === undefined) return { command, given: words };
	return calledBy(next, others);
}

/** What is wrong with a call; empty where nothing is. */
function wrongWith(call: string): readonly string[] {
	const whole = program(() => undefined);
	const words = call.split(/\s+/);
	const flags = words.filter((word) => word.startsWith("--"));
	const begins = words.findIndex((word) => !word.startsWith("--"));
	if (begins < 0) return flags.filter((flag) => flag !== "--help");
	const { command, given } = calledBy(whole, words.slice(begins));
	const known = [...whole.options, ...command.options].map(({ long }) => long);
	const unknown = flags.filter((flag) => flag !== "--help" && !known.includes(flag));
	const firstFlag = given.findIndex((word) => word.startsWith("--"));
	const argumentsGiven = firstFlag < 0 ? given.length : firstFlag;
	if (command.commands.length > 0) return [`${command.name()} is a group`, ...unknown];
	const needed = command.registeredArguments.length;
	return argumentsGiven === needed ? unknown : [`takes ${needed} arguments`, ...unknown];
}

describe("the documents", () => {
	it("name commands of smsgw", () => {
		expect(calls.length).toBeGreaterThan(60);
		expect(calls.some(({ name }) => name === "docs/runbook.md")).toBe(true);
	});

	it("do not run it by npx, which outside this clone asks a registry for a package that anyone may publish", () => {
		expect(documents.filter((name) => readFileSync(join(root, name), "utf8").includes("npx smsgw"))).toEqual([]);
	});

	it.each(calls)("in $name call smsgw $call as it is", ({ call }) => {
		expect(wrongWith(call)).toEqual([]);
	});

	it.each([
		"acounts list",
		"accounts",
		"accounts show",
		"accounts show NAME OTHER",
		"lanes list --fast 3",
		"operators pause",
		"--fast",
	])("may not call smsgw %s", (call) => {
		expect(wrongWith(call)).not.toEqual([]);
	});
});
