import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { root } from "#infra/entries.ts";
import { stackNames } from "#infra/gateway.ts";
import { readStages } from "#infra/stage-files.ts";

const example = readFileSync(join(root, "stages/example/example.json"), "utf8");

function aFolder(files: Readonly<Record<string, string>>): string {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-stages-"));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
	return folder;
}

function errorOf(folder: string): string {
	try {
		readStages(folder);
		return "nothing";
	} catch (error) {
		return (error as Error).message;
	}
}

const edited = (change: object) => JSON.stringify({ ...(JSON.parse(example) as object), ...change });

describe("the stages of a folder", () => {
	it("are its JSON files, named as their files", () => {
		const folder = aFolder({ "prod.json": example, "dev.json": example, "notes.md": "" });
		mkdirSync(join(folder, "old.json"));

		expect(readStages(folder).map(({ name }) => name)).toEqual(["dev", "prod"]);
	});

	it("include the example, which operators copy", () => {
		expect(readStages(join(root, "stages/example")).map(({ name }) => name)).toEqual(["example"]);
	});

	it.each([
		["is empty", () => aFolder({})],
		["does not exist", () => join(aFolder({}), "none")],
	])("are missing, with one line that says what to copy, if the folder %s", (_, folder) => {
		const errorText = errorOf(folder());

		expect(errorText).toMatch(
			/ has no stage: copy stages\/example\/example\.json to .*\/NAME\.json and change its settings$/,
		);
		expect(errorText).not.toContain("\n");
	});

	it.each<[string, string, string, string]>([
		["is not JSON", "prod.json", "{", "prod.json: "],
		["is a list", "prod.json", "[]", "prod.json: must be a JSON object"],
		["names itself", "prod.json", edited({ name: "prod" }), "prod.json: name: remove it"],
		["has an invalid stage name", "prod-2.json", example, "name: must be 2 to 20 small letters and digits"],
		["has a wrong setting", "prod.json", edited({ retentionDays: 0 }), "prod.json: stage prod: retentionDays: "],
	])("are refused in one line if a file %s", (_, name, text, expected) => {
		const errorText = errorOf(aFolder({ [name]: text }));

		expect(errorText).toContain(expected);
		expect(errorText).not.toContain("\n");
	});
});

describe("the stacks and names of a stage", () => {
	it("have a prefix that matches no other stage's names", () => {
		const matches = (pattern: string, name: string) => name.startsWith(pattern.slice(0, -1));

		expect(Object.values(stackNames("prod")).every((name) => matches("Smsgw-prod-*", name))).toBe(true);
		expect(Object.values(stackNames("prod2")).some((name) => matches("Smsgw-prod-*", name))).toBe(false);
	});

	it("are not matched by a pattern in docs/ that another stage's names match too", () => {
		const documents = readdirSync(join(root, "docs"))
			.filter((name) => name.endsWith(".md"))
			.map((name) => [name, readFileSync(join(root, "docs", name), "utf8")] as const);

		expect(documents.filter(([, text]) => /smsgw-(NAME|<stage>)\*/i.test(text)).map(([name]) => name)).toEqual([]);
	});
});
