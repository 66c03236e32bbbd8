import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allMarkedTests, contractPages, pointNames } from "#test/points/contract-pages.ts";
import { contractPoints, openPoints } from "#test/points/contract-points.ts";
import { markedTests } from "#test/points/marked-tests.ts";

describe("the contract's pages", () => {
	const tests = allMarkedTests();
	const held = new Set(tests.flatMap(({ points }) => points));

	it("have a test for every point that is held, wholly or in part", () => {
		expect(pointNames.filter((point) => !held.has(point) && openPoints[point]?.status !== "not yet")).toEqual([]);
	});

	it("call no point open that tests hold", () => {
		expect(pointNames.filter((point) => held.has(point) && openPoints[point]?.status === "not yet")).toEqual([]);
	});

	it("have every point that a test names", () => {
		const unknown = tests.filter(({ points }) => points.some((point) => !(point in contractPoints)));

		expect(unknown).toEqual([]);
	});

	it.each(Object.entries(contractPages(tests)))("are up to date in %s: npm run contract", (file, page) => {
		const made = page.split("\n");
		const checkedIn = readFileSync(file, "utf8").split("\n");

		const stale = made.filter((line, index) => line !== checkedIn[index]).map((line) => line.slice(0, 60));

		expect(stale).toEqual([]);
		expect(checkedIn).toHaveLength(made.length);
	});
});

describe("the points that a test names", () => {
	const pointsOf = (source: string) => markedTests("x.test.ts", source).map(({ title, points }) => [title, ...points]);

	it.each([
		['it("answers (R7)", () => {', ["answers", "R7"]],
		['it("answers (R7, A8)", async () => {', ["answers", "R7", "A8"]],
		['it("answers (R14, code 23, A28) twice (R7)", () => {', ["answers twice", "R14", "A28", "R7"]],
		["it('says \"Y\" (R31)', () => {", ['says "Y"', "R31"]],
		["it(`is one (R5)`, () => {", ["is one", "R5"]],
		['it("takes long (R7)", { timeout: 1 }, () => {', ["takes long", "R7"]],
		['it.each([["a", f("x", 1)], [")("]])("is %s (A1)", (_) => {', ["is %s", "A1"]],
		['it.each([\n\t["a"],\n])("is %s (A1)", (_) => {', ["is %s", "A1"]],
		['it.each([\n\t["a"],\n] as const)("is %s (A1)", (_) => {', ["is %s", "A1"]],
		['it.each(["a"])(\n\t"is %s (A1)",\n\tasync () => {', ["is %s", "A1"]],
	])("are read from %j", (source, expected) => {
		expect(pointsOf(source)).toEqual([expected]);
	});

	it("include those of the groups around it", () => {
		const source = [
			'describe("a batch (R10)", () => {',
			'\tdescribe.each([["x", () => 1]])("%s (A3)", () => {',
			'\t\tit("is read (R9)", () => {',
			'\t\t\texpect(f("no", 1)).toBe(it);',
			"\t});",
			'\tit("is taken", () => {',
			"});",
			'it("stands alone (R1)", () => {',
		].join("\n");

		expect(pointsOf(source)).toEqual([
			["a batch: %s: is read", "R10", "A3", "R9"],
			["a batch: is taken", "R10"],
			["stands alone", "R1"],
		]);
	});

	it.each([
		'it.skip("x (R7)", () => {',
		'it.todo("x (R7)",',
		'describe.skip("x (R7)", () => {\n\tit("y", () => {',
		'it("x R7", () => {',
		'const text = "(R7)", other = f("x (R7)");',
	])("are not read from %j", (source) => {
		expect(pointsOf(source)).toEqual([]);
	});
});
