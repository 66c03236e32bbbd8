import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { mechanicalMutants, mutatedFiles } from "#test/simulation/mutants/mechanical-mutants.ts";
import { edited } from "#test/simulation/mutants/mutant.ts";
import { namedMutants } from "#test/simulation/mutants/named-mutants.ts";
import { parts } from "#test/simulation/mutants/planted-tree.ts";
import { restoreMutants } from "#test/simulation/mutants/restore-mutants.ts";
import { notReached, sameInEffect } from "#test/simulation/mutants/survivors.ts";

const sources = (file: string) => readFileSync(join(import.meta.dirname, "../..", file), "utf8");

describe("the mutants of the simulator", () => {
	it("can all be planted in the current code", () => {
		for (const { files } of [...namedMutants(sources), ...restoreMutants(sources)])
			for (const { file, text } of files) expect(text).not.toBe(sources(file));
	});

	it("are planted in a copy that has every file which the simulator imports", () => {
		const imported = new Set<string>();
		const left = ["test/simulation/worker.ts", "test/simulation/workers.ts"];
		for (let file = left.pop(); file !== undefined; file = left.pop()) {
			if (imported.has(file)) continue;
			imported.add(file);
			for (const [, name = ""] of sources(file).matchAll(/(?:from|import\()\s*"([#.][^"]+)"/g))
				left.push(name.startsWith("#") ? name.slice(1) : join(dirname(file), name));
		}

		expect(imported).toContain("shared/usecases/restore/hold-restored.ts");
		expect([...imported].filter((file) => !parts.some((part) => file.startsWith(`${part}/`)))).toEqual([]);
	});

	it("are refused when the code does not have their text, or has it twice", () => {
		const plant = (source: string) => () => edited("any", [{ file: "a.ts", from: "one", to: "two" }], () => source);

		expect(plant("two")).toThrow(/a\.ts has this 0 times: one/);
		expect(plant("one and one")).toThrow(/a\.ts has this 2 times/);
		expect(plant("one")()).toEqual({ name: "any", files: [{ file: "a.ts", text: "two" }] });
	});

	it("omit or move each awaited write, in every file that has one", () => {
		const mutants = mechanicalMutants(sources);

		expect(mutants.length).toBeGreaterThan(40);
		expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
		for (const { files } of mutants) for (const { file, text } of files) expect(text).not.toBe(sources(file));
		expect(mutants.map(({ name }) => name)).toEqual(
			expect.arrayContaining([expect.stringMatching(/^record-submissions: without deps\.slots\.put/)]),
		);
	});

	it("change one whole statement, or swap two", () => {
		const source = [
			"async function record() {",
			"\tconst one = 1;",
			"\tawait store.put(",
			"\t\tone,",
			"\t);",
			"\tawait queue.send(two);",
			"}",
		].join("\n");
		const [file] = mutatedFiles;
		const mutants = mechanicalMutants((name) => (name === file ? source : ""));
		const bodies = mutants.map(({ files }) =>
			files[0]?.text
				.split("\n")
				.slice(1, -1)
				.map((line) => line.trim())
				.filter(Boolean)
				.join(" "),
		);

		expect(bodies).toEqual([
			"const one = 1; await queue.send(two);",
			"const one = 1; await queue.send(two); await store.put( one, );",
			"const one = 1; await store.put( one, );",
		]);
	});

	it("are run only when their statement takes effect: with a condition, when it holds", () => {
		const source = [
			"function record() {",
			"\tif (rows.length > 0) await store.put(rows);",
			"\tawait queue.send(two);",
			"}",
		];
		const [file = ""] = mutatedFiles;
		const text = source.join("\n");
		const places = mechanicalMutants((name) => (name === file ? text : "")).map(({ place }) => place);

		const condition = { file, offset: text.indexOf("rows.length"), conditionEnd: text.indexOf(") await store") };
		expect(places).toEqual([condition, condition, { file, offset: text.indexOf("await queue") }]);
	});

	it("in the list of survivors exist", () => {
		const names = new Set(
			[...namedMutants(sources), ...mechanicalMutants(sources), ...restoreMutants(sources)].map(({ name }) => name),
		);

		expect([...Object.keys(sameInEffect), ...Object.keys(notReached)].filter((name) => !names.has(name))).toEqual([]);
	});
});
