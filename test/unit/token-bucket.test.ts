import { describe, expect, it } from "vitest";
import { newTokenBucket, type TokenBucket, takeToken, throttledBucket } from "#shared/domain/send/token-bucket.ts";

/** The number of tokens taken in `ms` if each is taken as soon as possible, and the bucket afterwards. */
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

/** A bucket that is throttled each second, before it can recover. */
function throttledTimes(times: number): TokenBucket {
	let bucket = newTokenBucket(64, 0);
	for (let second = 0; second < times; second += 1)
		bucket = { ...throttledBucket(bucket, second * 1_000), at: second * 1_000 };
	return bucket;
}

describe("the token bucket of an operator", () => {
	it("allows the first submit at once, and the next when its time has come", () => {
		const [first, after] = takeToken(newTokenBucket(10, 0), 0);
		const [second] = takeToken(after, 0);

		expect([first, second]).toEqual([0, 100]);
		expect(takeToken(after, 99)[0]).toBeGreaterThan(0);
		expect(takeToken(after, 100)[0]).toBe(0);
	});

	it("allows the contract's rate over a minute", () => {
		const [count] = taken(newTokenBucket(100, 0), 0, 60_000);

		expect(count).toBeGreaterThanOrEqual(5_990);
		expect(count).toBeLessThanOrEqual(6_002);
	});

	it("saves at most a fiftieth of a second for later", () => {
		const [count] = taken(newTokenBucket(1_000, 0), 3_600_000, 1);

		expect(count).toBe(20);
	});

	it("halves its rate when the SMSC is too busy, and allows nothing at once", () => {
		const bucket = throttledBucket(newTokenBucket(100, 0), 0);

		expect(bucket.tps).toBe(50);
		expect(takeToken(bucket, 0)[0]).toBe(20);
	});

	it("halves its rate once for all refusals in the same second", () => {
		const once = throttledBucket(throttledBucket(throttledBucket(newTokenBucket(100, 0), 0), 400), 999);

		expect(once.tps).toBe(50);
		expect(throttledBucket(once, 1_000).tps).toBe(25);
	});

	it("is never slower than a 64th of the contract's rate", () => {
		const bucket = throttledTimes(50);

		expect(bucket.tps).toBe(1);
	});

	it("recovers the contract's rate in half a minute, and never exceeds it", () => {
		const floor = throttledTimes(50);

		expect(takeToken(floor, floor.at + 15_000)[1].tps).toBeCloseTo(33, 0);
		expect(takeToken(floor, floor.at + 31_000)[1].tps).toBe(64);
	});

	it("handles a clock that stands still or goes back", () => {
		const [, after] = takeToken(newTokenBucket(10, 1_000), 1_000);

		expect(takeToken(after, 500)[0]).toBeGreaterThan(0);
	});
});
