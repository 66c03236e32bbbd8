import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { stackNames } from "#infra/gateway.ts";
import { pageOf } from "#test/documentation/markdown.ts";
import { gatewayTemplate, sampleStage } from "./gateway-template.ts";

/* Decision records are of their day, and the changelog has old names on purpose. The generated pages follow the code. */
const generated = ["contract.md", "contract-tests.md", "command-line.md"];
const documents = readdirSync(join(root, "docs"))
	.filter((name) => name.endsWith(".md") && !generated.includes(name))
	.map((name) => `docs/${name}`);
const codesOf = (file: string) => [...new Set(pageOf(readFileSync(join(root, file), "utf8")).codes)];

const sources = ["shared", "smpp", "lambdas", "infra", "local", "admin", "test/simulation/scenarios"].flatMap(
	(folder) =>
		readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
			.filter((file) => file.endsWith(".ts"))
			.map((file) => readFileSync(join(root, folder, file), "utf8")),
);
const words = new Set(sources.flatMap((source) => source.match(/[\w-]+(?:\.[\w-]+)*/g) ?? []));
const parts = new Set([...words].flatMap((word) => word.split(".")));

const templateText = JSON.stringify(gatewayTemplate);
const outputs = Object.keys(gatewayTemplate.Outputs);

/** Log events, settings, identifiers, functions, alarms: what looks like a name of the code. */
const isName = (code: string) =>
	/^[a-z]+(?:[A-Z][a-z]*)+$/.test(code) || /^[a-z_]+\.[a-z_A-Z]+$/.test(code) || /^[a-z]+(?:-[a-z]+)+$/.test(code);
const isOutput = (code: string) => /^[a-z]+\d?(?:target|host|address)$/.test(code);
const isFile = (code: string) => /\.(?:ts|md|json)$/.test(code);

const isKnown = (name: string) => words.has(name) || name.split(".").every((part) => parts.has(part));

describe("the documents", () => {
	it.each(documents)("name in %s what the code has: events, settings, functions", (file) => {
		const names = codesOf(file).filter((code) => isName(code) && !isFile(code) && !isOutput(code));

		expect(names.filter((name) => !isKnown(name))).toEqual([]);
	});

	it.each(documents)("name in %s resources and outputs that the template has", (file) => {
		const names = codesOf(file).flatMap((code) => /^smsgw-(?:NAME|<stage>)-([a-z-]+)$/.exec(code)?.[1] ?? []);
		const missing = names.filter((name) => !templateText.includes(`"smsgw-${sampleStage.name}-${name}`));

		expect(missing).toEqual([]);
		expect(codesOf(file).filter((code) => isOutput(code) && !outputs.some((one) => one.startsWith(code)))).toEqual([]);
	});

	it.each(documents)("name in %s the two stacks of a stage as they are", (file) => {
		const names = codesOf(file).flatMap((code) => code.match(/Smsgw-(?:NAME|<stage>)-[a-z]+/g) ?? []);
		const stacks: readonly string[] = Object.values(stackNames("NAME"));

		expect(names.map((name) => name.replace("<stage>", "NAME")).filter((name) => !stacks.includes(name))).toEqual([]);
	});
});
