import { describe, expect, it } from "vitest";
import { type Pace, slowed, startPace, take } from "#shared/domain/pace.ts";

/** How many go in so many milliseconds when each goes as soon as it may, and the pace after them. */
function taken(pace: Pace, from: number, ms: number): readonly [number, Pace] {
	let now = from;
	let count = 0;
	let current = pace;
	while (now < from + ms) {
		const [wait, after] = take(current, now);
		current = after;
		if (wait === 0) count += 1;
		else now += wait;
	}
	return [count, current];
}

/** Pushed down again each second, before it can climb. */
function slowedOften(times: number): Pace {
	let pace = startPace(64, 0);
	for (let second = 0; second < times; second += 1) pace = { ...slowed(pace, second * 1_000), at: second * 1_000 };
	return pace;
}

describe("the pace of an operator", () => {
	it("lets the first go at once, and the next when its time has come", () => {
		const [first, after] = take(startPace(10, 0), 0);
		const [second] = take(after, 0);

		expect([first, second]).toEqual([0, 100]);
		expect(take(after, 99)[0]).toBeGreaterThan(0);
		expect(take(after, 100)[0]).toBe(0);
	});

	it("is the contract's, over a minute", () => {
		const [count] = taken(startPace(100, 0), 0, 60_000);

		expect(count).toBeGreaterThanOrEqual(5_990);
		expect(count).toBeLessThanOrEqual(6_002);
	});

	it("saves up no more than a fiftieth of a second for later", () => {
		const [count] = taken(startPace(1_000, 0), 3_600_000, 1);

		expect(count).toBe(20);
	});

	it("is half as fast after the SMSC was too busy, and nothing goes at once", () => {
		const pace = slowed(startPace(100, 0), 0);

		expect(pace.tps).toBe(50);
		expect(take(pace, 0)[0]).toBe(20);
	});

	it("is halved once for all that an SMSC refuses in the same second", () => {
		const once = slowed(slowed(slowed(startPace(100, 0), 0), 400), 999);

		expect(once.tps).toBe(50);
		expect(slowed(once, 1_000).tps).toBe(25);
	});

	it("is never slower than a 64th of the contract's", () => {
		const pace = slowedOften(50);

		expect(pace.tps).toBe(1);
	});

	it("climbs back to the contract's in half a minute, and no higher", () => {
		const floor = slowedOften(50);

		expect(take(floor, floor.at + 15_000)[1].tps).toBeCloseTo(33, 0);
		expect(take(floor, floor.at + 31_000)[1].tps).toBe(64);
	});

	it("bears a clock that stands still or goes back", () => {
		const [, after] = take(startPace(10, 1_000), 1_000);

		expect(take(after, 500)[0]).toBeGreaterThan(0);
	});
});
