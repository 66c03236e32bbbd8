import { describe, expect, it } from "vitest";
import { sampledLog } from "#shared/flow/sampled-log.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

function aSampledLog() {
	const log = memoryLog();
	const clock = { now: 0 };
	return { log, clock, sampled: sampledLog(log, () => clock.now) };
}

const timesIn = (log: ReturnType<typeof memoryLog>) => log.events.map(({ fields }) => fields["times"] ?? 1);

describe("a sampled log", () => {
	it("has the 1st, 2nd, 4th, 8th … event of a kind, and how many there were", () => {
		const { log, sampled } = aSampledLog();

		for (let index = 0; index < 40_000; index += 1) sampled("warn", "bind.refused", {}, "wrong password");
		sampled("warn", "bind.refused", {}, "no such network");

		expect(timesIn(log)).toEqual([...Array.from({ length: 16 }, (_, power) => 2 ** power), 1]);
	});

	it("begins anew each minute", () => {
		const { log, clock, sampled } = aSampledLog();

		for (const at of [0, 59_999, 60_000]) {
			clock.now = at;
			sampled("warn", "bind.refused", {}, "wrong password");
		}

		expect(timesIn(log)).toEqual([1, 2, 1]);
	});

	it("stays small however many kinds there are", () => {
		const { log, sampled } = aSampledLog();

		for (let index = 0; index < 40_000; index += 1) sampled("warn", "bind.refused", {}, `network ${index}`);

		expect(log.events.length).toBeLessThan(120);
	});
});
