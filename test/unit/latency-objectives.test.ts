import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { burnRates, latencyObjectives, latePercent } from "#shared/domain/latency-objectives.ts";
import { priorityNames } from "#shared/domain/message/priorities.ts";

const textOf = ({ withinMs, percent }: { readonly withinMs: number; readonly percent: number }) =>
	`${percent} % within ${withinMs < 60_000 ? `${withinMs / 1_000} s` : `${withinMs / 60_000} min`}`;

describe("a latency objective", () => {
	it("is in docs/performance.md for each priority", () => {
		const page = readFileSync(join(root, "docs/performance.md"), "utf8");
		const { submit, report } = latencyObjectives;

		for (const priority of priorityNames) {
			expect(page).toContain(`| ${priority} | ${textOf(submit[priority])} | ${textOf(report[priority])} |`);
		}
	});

	it("is no longer for a higher priority, and can be missed", () => {
		for (const step of [latencyObjectives.submit, latencyObjectives.report]) {
			const times = priorityNames.map((priority) => step[priority].withinMs);
			expect(times).toEqual(times.toSorted((one, other) => other - one));
			for (const priority of priorityNames) {
				const shares = Object.values(burnRates).map(({ rate }) => latePercent(step[priority], rate));
				expect(Math.max(...shares)).toBeLessThan(100);
			}
		}
	});

	it.each([
		[99, 14.4, 14.4],
		[99, 6, 6],
		[95, 14.4, 72],
		[80, 14.4, 100],
	])("of %i %% at a burn rate of %d is missed by %d %%", (percent, rate, late) => {
		expect(latePercent({ withinMs: 1, percent }, rate)).toBe(late);
	});
});
