import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fairTurns, freshTurns, nextPriority, type PriorityTurns } from "#shared/domain/send/fair-turns.ts";
import { newTokenBucket, type TokenBucket, takeToken, throttledBucket } from "#shared/domain/send/token-bucket.ts";

describe("priorities in turn", () => {
	const waiting = fc.array(fc.subarray([0, 1, 2, 3]), { maxLength: 400, size: "max" });

	it("waste no turn: a priority with messages is always chosen (R18)", () => {
		fc.assert(
			fc.property(waiting, (steps) => {
				let turns: PriorityTurns = freshTurns;
				for (const ready of steps) {
					const turn = nextPriority(turns, (priority) => ready.includes(priority));

					expect(turn === null).toBe(ready.length === 0);
					if (turn === null) continue;
					expect(ready).toContain(turn[0]);
					turns = turn[1];
				}
			}),
		);
	});

	it("starve no priority: each is served within 85 turns", () => {
		const steps = fc.array(fc.subarray([0, 1, 2, 3]), { minLength: 100, maxLength: 400, size: "max" });

		fc.assert(
			fc.property(steps, fc.nat(3), (all, patient) => {
				let turns: PriorityTurns = freshTurns;
				let since = 0;
				for (const others of all) {
					const turn = nextPriority(turns, (priority) => priority === patient || others.includes(priority));
					turns = turn?.[1] ?? turns;
					since = turn?.[0] === patient ? 0 : since + 1;

					expect(since).toBeLessThan(85);
				}
			}),
		);
	});
});

describe("accounts in turn", () => {
	it("lose nothing, keep each account's order, and count the waiting items", () => {
		const step = fc.oneof(fc.constantFrom("a", "b", "c"), fc.constant(null));

		fc.assert(
			fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
				const turns = fairTurns<{ userName: string; place: number }>();
				const pushed = steps.flatMap((userName, place) => (userName === null ? [] : [{ userName, place }]));
				const taken = steps.flatMap((userName, place) => {
					if (userName === null) return turns.next() ?? [];
					turns.push(userName, { userName, place });
					return [];
				});
				const left = Array.from({ length: turns.size }, () => turns.next());

				const all = [...taken, ...left];
				expect(turns.next()).toBeUndefined();
				expect(all.toSorted((one, other) => (one?.place ?? 0) - (other?.place ?? 0))).toEqual(pushed);
				for (const own of Map.groupBy(all, (one) => one?.userName).values()) {
					expect(own).toEqual(own.toSorted((one, other) => (one?.place ?? 0) - (other?.place ?? 0)));
				}
			}),
		);
	});

	it("serve no account twice while another waits", () => {
		const counts = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.integer({ min: 1, max: 30 }));

		fc.assert(
			fc.property(counts, (waiting) => {
				const turns = fairTurns<string>();
				for (const [userName, count] of Object.entries(waiting)) {
					for (let item = 0; item < count; item += 1) turns.push(userName, userName);
				}
				const rounds = Math.max(0, ...Object.values(waiting));
				const due = (round: number) => Object.keys(waiting).filter((userName) => (waiting[userName] ?? 0) > round);

				for (let round = 0; round < rounds; round += 1) {
					const taken = due(round).map(() => turns.next());

					expect(taken.toSorted()).toEqual(due(round).toSorted());
				}
			}),
		);
	});
});

describe("the token bucket of an operator", () => {
	const step = fc.record({
		afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3_000 })),
		throttled: fc.integer({ min: 0, max: 19 }).map((one) => one === 0),
	});

	type Step = { readonly afterMs: number; readonly throttled: boolean };

	/** How many tokens are available at a moment, and the bucket without them. */
	function drained(bucket: TokenBucket, now: number): readonly [number, TokenBucket] {
		let current = bucket;
		for (let count = 0; ; count += 1) {
			const [wait, after] = takeToken(current, now);
			current = after;
			if (wait > 0) return [count, current];
		}
	}

	/** The time of each submit, if each token is used as soon as it is available. */
	function timesOf(tps: number, steps: readonly Step[]): readonly number[] {
		let bucket: TokenBucket = newTokenBucket(tps, 0);
		let now = 0;
		return steps.flatMap(({ afterMs, throttled }) => {
			now += afterMs;
			const [count, after] = drained(throttled ? throttledBucket(bucket, now) : bucket, now);
			bucket = after;
			expect(bucket.tps).toBeLessThanOrEqual(tps);
			expect(bucket.tps).toBeGreaterThanOrEqual(tps / 64);
			return Array<number>(count).fill(now);
		});
	}

	it("never allows more than the contract's rate in any second, and a burst of a fiftieth", () => {
		const contract = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 21, max: 2_000 }));

		fc.assert(
			fc.property(contract, fc.array(step, { maxLength: 500, size: "max" }), (tps, steps) => {
				const most = tps + Math.max(1, tps * 0.02) + 1e-6;

				const times = timesOf(tps, steps);

				for (const [index, from] of times.entries()) {
					const past = times.findIndex((at) => at > from + 1_000);
					const within = (past < 0 ? times.length : past) - index;
					if (within > most) expect(within).toBeLessThanOrEqual(most);
				}
			}),
			{ numRuns: 50 },
		);
	});

	it("allows the next submit exactly when it announced", () => {
		fc.assert(
			fc.property(fc.double({ min: 0.5, max: 100_000, noNaN: true }), fc.nat(8), (tps, slowings) => {
				let bucket: TokenBucket = newTokenBucket(tps, 0);
				for (let count = 0; count < slowings; count += 1) bucket = throttledBucket(bucket, count * 1_000);
				const [, spent] = takeToken({ ...bucket, tokens: 0 }, 0);

				let [wait, after] = takeToken(spent, 0);
				let now = 0;
				let waits = 0;
				while (wait > 0 && waits < 3) {
					now += wait;
					waits += 1;
					[wait, after] = takeToken(after, now);
				}

				expect(wait).toBe(0);
				expect(after.tokens).toBeGreaterThanOrEqual(0);
			}),
		);
	});
});
