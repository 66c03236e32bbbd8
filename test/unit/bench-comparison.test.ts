import { expect, it } from "vitest";
import { comparisonTable } from "#bench/kannel/comparison.ts";
import type { KannelRun } from "#bench/kannel/measure-kannel.ts";
import { aRun } from "#test/fakes/bench-runs.ts";

it("says what part of Kannel's each of our figures is, our CPU without that of the engines", () => {
	const kannel: KannelRun = { ...aRun(), endToEndPerSecond: 5_000, cpuMs: 0.5 };
	const own = { ...aRun(), endToEndPerSecond: 2_500, cpuMs: { lambdas: 1, smpp: 1, dynamodb: 7, engines: 7 } };

	const lines = comparisonTable([kannel], { batches: [own] }).split("\n");

	expect(lines.find((line) => line.startsWith("end to end"))).toMatch(/ 5000 +2500 +×0\.50$/);
	expect(lines.find((line) => line.startsWith("CPU"))).toMatch(/ 0\.500 +2\.000 +×4\.0$/);
	expect(lines.join()).not.toMatch(/NaN|Infinity/);
});
