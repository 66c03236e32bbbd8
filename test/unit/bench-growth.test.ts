import { expect, it } from "vitest";
import { growthTable } from "#bench/print.ts";
import type { Run } from "#bench/run-once.ts";

const each = { lambdas: 1, smpp: 1, dynamodb: 1, engines: 1 };
const aRun = (messages: number, submitPerSecond: number): Run => ({
	messages,
	acceptPerSecond: 1_000,
	submitPerSecond,
	endToEndPerSecond: 500,
	acceptP50Ms: 1,
	acceptP99Ms: 2,
	cpuMs: each,
	residentMb: each,
	calls: { calls: {}, writeUnits: 0, readUnits: 0, invocations: 0 },
	requests: 0,
	sentTwice: 0,
	reportedTwice: 0,
});

it("shows by how much a figure bends from the first size to the last, by the medians", () => {
	const table = growthTable({
		"smpp ×1": [aRun(100, 790), aRun(100, 800), aRun(100, 810)],
		"smpp ×4": [aRun(400, 400)],
	});

	const submit = table.split("\n").find((line) => line.startsWith("submit"));
	expect(submit).toMatch(/ 800 +400 +×0\.50$/);
	expect(table).not.toMatch(/NaN|Infinity/);
});
