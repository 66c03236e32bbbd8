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
	it("are its JSON files, named by the file", () => {
		const folder = aFolder({ "prod.json": example, "dev.json": example, "notes.md": "" });
		mkdirSync(join(folder, "old.json"));

		expect(readStages(folder).map(({ name }) => name)).toEqual(["dev", "prod"]);
	});

	it("include the example, which a new deployment copies", () => {
		expect(readStages(join(root, "stages/example")).map(({ name }) => name)).toEqual(["example"]);
	});

	it.each([
		["is empty", () => aFolder({})],
		["is not there", () => join(aFolder({}), "none")],
	])("are asked for in one line where the folder %s", (_, folder) => {
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
		["has a name that no stage can have", "prod-2.json", example, "name: must be 2 to 20 small letters and digits"],
		[
			"has a setting that is wrong",
			"prod.json",
			edited({ retentionDays: 0 }),
			"prod.json: stage prod: retentionDays: ",
		],
	])("are refused in one line where a file %s", (_, name, text, expected) => {
		const errorText = errorOf(aFolder({ [name]: text }));

		expect(errorText).toContain(expected);
		expect(errorText).not.toContain("\n");
	});
});

describe("the stacks and names of a stage", () => {
	it("have a prefix that no other stage can have", () => {
		const matches = (pattern: string, name: string) => name.startsWith(pattern.slice(0, -1));

		expect(Object.values(stackNames("prod")).every((name) => matches("Smsgw-prod-*", name))).toBe(true);
		expect(Object.values(stackNames("prod2")).some((name) => matches("Smsgw-prod-*", name))).toBe(false);
	});

	it("match no pattern in the documents that matches another stage", () => {
		const documents = readdirSync(join(root, "docs"))
			.filter((name) => name.endsWith(".md"))
			.map((name) => [name, readFileSync(join(root, "docs", name), "utf8")] as const);

		expect(documents.filter(([, text]) => /smsgw-(NAME|<stage>)\*/i.test(text)).map(([name]) => name)).toEqual([]);
	});
});
