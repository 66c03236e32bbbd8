import { expect, it } from "vitest";
import { growthTable } from "#bench/tables.ts";
import { aRun } from "#test/fakes/bench-runs.ts";

const runOf = (messages: number, submitPerSecond: number) => aRun({ messages, submitPerSecond });

it("shows by how much a figure bends from the first size to the last, by the medians", () => {
	const table = growthTable({
		"smpp ×1": [runOf(100, 790), runOf(100, 800), runOf(100, 810)],
		"smpp ×4": [runOf(400, 400)],
	});

	const submit = table.split("\n").find((line) => line.startsWith("submit"));
	expect(submit).toMatch(/ 800 +400 +×0\.50$/);
	expect(table).not.toMatch(/NaN|Infinity/);
});
