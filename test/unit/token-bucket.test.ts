import { describe, expect, it } from "vitest";
import { newTokenBucket, type TokenBucket, takeToken, throttledBucket } from "#shared/domain/send/token-bucket.ts";

/** How many go in so many milliseconds when each goes as soon as it may, and the pace after them. */
function taken(bucket: TokenBucket, from: number, ms: number): readonly [number, TokenBucket] {
	let now = from;
	let count = 0;
	let current = bucket;
	while (now < from + ms) {
		const [wait, after] = takeToken(current, now);
		current = after;
		if (wait === 0) count += 1;
		else now += wait;
	}
	return [count, current];
}

/** Pushed down again each second, before it can climb. */
function slowedOften(times: number): TokenBucket {
	let bucket = newTokenBucket(64, 0);
	for (let second = 0; second < times; second += 1)
		bucket = { ...throttledBucket(bucket, second * 1_000), at: second * 1_000 };
	return bucket;
}

describe("the pace of an operator", () => {
	it("lets the first go at once, and the next when its time has come", () => {
		const [first, after] = takeToken(newTokenBucket(10, 0), 0);
		const [second] = takeToken(after, 0);

		expect([first, second]).toEqual([0, 100]);
		expect(takeToken(after, 99)[0]).toBeGreaterThan(0);
		expect(takeToken(after, 100)[0]).toBe(0);
	});

	it("is the contract's, over a minute", () => {
		const [count] = taken(newTokenBucket(100, 0), 0, 60_000);

		expect(count).toBeGreaterThanOrEqual(5_990);
		expect(count).toBeLessThanOrEqual(6_002);
	});

	it("saves up no more than a fiftieth of a second for later", () => {
		const [count] = taken(newTokenBucket(1_000, 0), 3_600_000, 1);

		expect(count).toBe(20);
	});

	it("is half as fast after the SMSC was too busy, and nothing goes at once", () => {
		const bucket = throttledBucket(newTokenBucket(100, 0), 0);

		expect(bucket.tps).toBe(50);
		expect(takeToken(bucket, 0)[0]).toBe(20);
	});

	it("is halved once for all that an SMSC refuses in the same second", () => {
		const once = throttledBucket(throttledBucket(throttledBucket(newTokenBucket(100, 0), 0), 400), 999);

		expect(once.tps).toBe(50);
		expect(throttledBucket(once, 1_000).tps).toBe(25);
	});

	it("is never slower than a 64th of the contract's", () => {
		const bucket = slowedOften(50);

		expect(bucket.tps).toBe(1);
	});

	it("climbs back to the contract's in half a minute, and no higher", () => {
		const floor = slowedOften(50);

		expect(takeToken(floor, floor.at + 15_000)[1].tps).toBeCloseTo(33, 0);
		expect(takeToken(floor, floor.at + 31_000)[1].tps).toBe(64);
	});

	it("bears a clock that stands still or goes back", () => {
		const [, after] = takeToken(newTokenBucket(10, 1_000), 1_000);

		expect(takeToken(after, 500)[0]).toBeGreaterThan(0);
	});
});
