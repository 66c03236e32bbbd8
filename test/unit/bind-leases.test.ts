import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LeaseDeps } from "#shared/flow/held-lease.ts";
import { isTrusted, leaseTerms, leaveWithinMs } from "#shared/flow/lease-terms.ts";
import { type BindLeases, keepBindLeases } from "#smpp/operators/bind-leases.ts";
import { rebalancingSteps } from "#smpp/operators/lease-rebalancing.ts";
import { leasingOfTask, memoryLeases } from "#test/fakes/memory-leases.ts";

const terms = leaseTerms(30);

describe("the terms of a lease", () => {
	it("are a heartbeat of 10 s, trust for 20 s, and an expiry after 30 s", () => {
		expect(terms).toMatchObject({ heartbeatMs: 10_000, trustMs: 20_000, expiryMs: 30_000 });
	});

	it("allow no use 20 s after the start of the last renewal", () => {
		expect([isTrusted(terms, 5, 20_004), isTrusted(terms, 5, 20_005)]).toEqual([true, false]);
	});

	it("make the holder leave before another task may take over", () => {
		expect([leaveWithinMs(terms, 0, 20_000), leaveWithinMs(terms, 0, 60_000)]).toEqual([5_000, 0]);
	});
});

describe("the next step of a task for its bind leases", () => {
	const board = (held: string, wisher?: string) => ({
		bindLeases: held.length,
		holders: new Map([...held].flatMap((holder, bindIndex) => (holder === "." ? [] : [[bindIndex, holder] as const]))),
		wisher,
	});
	const nothing = { take: [], wish: false, giveUp: false };

	it.each([
		["takes all free leases", "..", undefined, "a", { ...nothing, take: [0, 1] }],
		["accepts one fewer than another task", "aab", undefined, "b", nothing],
		["wishes for one when another task has two more", "aa", undefined, "b", { ...nothing, wish: true }],
		["gives one up for a task with two fewer", "aa", "b", "a", { ...nothing, giveUp: true }],
		["gives none up for a task with one fewer", "aab", "b", "a", nothing],
		["leaves a free lease to a task with fewer", "a.", "b", "a", nothing],
		["takes the lease that it wished for", "a.", "b", "b", { ...nothing, take: [1] }],
		["gives none up when another task has more", "aaabbc", "d", "b", nothing],
		["gives none up for its own wish", "aab", "a", "a", nothing],
	] as const)("%s", (_, held, wisher, self, moves) => {
		expect(rebalancingSteps(board(held, wisher), self)).toEqual(moves);
	});
});

/** A task that keeps bind leases. `used` counts those that it may use. */
function aTask(parts: Partial<LeaseDeps>, binds: number) {
	const used = new Set<number>();
	const limits: number[] = [];
	const leaseDeps = leasingOfTask(parts);
	const bindLeases: BindLeases = keepBindLeases(
		{ operator: "kcell", binds, leaseDeps, drainMs: 8_000 },
		{
			taken: (bindIndex) => void used.add(bindIndex),
			note: (bindIndex) => `bind ${bindIndex}`,
			async leaveBind(bindIndex, withinMs) {
				limits.push(withinMs);
				used.delete(bindIndex);
			},
		},
	);
	const numbers = Array.from({ length: binds }, (_, bindIndex) => bindIndex);
	return { bindLeases, limits, leaseDeps, used: () => used.size, held: () => numbers.filter(bindLeases.holds).length };
}

const pass = async (ms: number) => await vi.advanceTimersByTimeAsync(ms);

describe("a task's bind leases", () => {
	beforeEach(
		() =>
			void vi.useFakeTimers({
				toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
			}),
	);
	afterEach(() => void vi.useRealTimers());

	it("are all held by a single task, for as long as it renews them", async () => {
		const task = aTask({}, 3);
		await pass(0);
		const early = task.held();
		await pass(300_000);

		expect([early, task.held(), task.used()]).toEqual([3, 3, 3]);
		await task.bindLeases.stop();
	});

	it("are shared evenly with a later task, and never held by both", async () => {
		const leases = memoryLeases();
		const first = aTask({ leases }, 4);
		await pass(1_000);
		const second = aTask({ leases }, 4);
		let most = 0;
		for (let seconds = 0; seconds < 120; seconds += 1) {
			await pass(1_000);
			most = Math.max(most, first.used() + second.used());
		}

		expect([first.held(), second.held(), most]).toEqual([2, 2, 4]);
		await Promise.all([first.bindLeases.stop(), second.bindLeases.stop()]);
	});

	it("move to another task within seconds after their holder stops", async () => {
		const leases = memoryLeases();
		const first = aTask({ leases }, 2);
		await pass(0);
		const second = aTask({ leases }, 2);
		await pass(5_000);
		const early = second.held();
		await first.bindLeases.stop();
		await pass(5_000);

		expect([early > 0, second.held()]).toEqual([false, 2]);
		await second.bindLeases.stop();
	});

	it("move to another task half a minute after their holder died, not sooner", async () => {
		const leases = memoryLeases();
		await Promise.all(
			[0, 1].map((bindIndex) => leases.hold(`kcell#${bindIndex}`, "dead", Date.now(), Date.now() + 30_000)),
		);
		const task = aTask({ leases }, 2);
		await pass(29_000);
		const early = task.held();
		await pass(4_000);

		expect([early, task.held()]).toEqual([0, 2]);
		await task.bindLeases.stop();
	});

	it("are not used by a task that was frozen for a minute, even before its own timers run", async () => {
		let frozenMs = 0;
		const task = aTask({ monotonic: () => performance.now() + frozenMs }, 1);
		await pass(5_000);
		const before = task.held();

		frozenMs = 60_000;

		expect([before, task.held()]).toEqual([1, 0]);
		await task.bindLeases.stop();
	});

	it("are left 20 s after the last renewal when the store fails, and taken again when it recovers", async () => {
		const leases = memoryLeases();
		let failing = false;
		const hold: typeof leases.hold = async (...args) => {
			if (failing) throw new Error("the store is unavailable");
			return await leases.hold(...args);
		};
		const task = aTask({ leases: { ...leases, hold } }, 1);
		await pass(0);
		failing = true;
		await pass(19_000);
		const [held] = [task.held()];
		await pass(1_100);
		const [left, used, limit] = [task.held(), task.used(), task.limits[0] ?? 0];
		failing = false;
		/* A task that held all leases checks again only after a heartbeat. */
		await pass(13_000);

		expect([held, left, used, task.held()]).toEqual([1, 0, 0, 1]);
		expect(limit).toBeLessThanOrEqual(5_000);
		await task.bindLeases.stop();
	});

	it("are left at once when another task has the lease", async () => {
		const leases = memoryLeases();
		const task = aTask({ leases }, 1);
		await pass(0);
		leases.rows.set("kcell#0", { holder: "other", until: Number.POSITIVE_INFINITY });
		await pass(10_001);

		expect([task.held(), task.used(), task.limits]).toEqual([0, 0, [0]]);
		await task.bindLeases.stop();
	});
});

it("a task publishes the state of its binds with each renewal of their leases", async () => {
	vi.useFakeTimers();
	const leases = memoryLeases();
	const task = aTask({ leases }, 1);
	await vi.advanceTimersByTimeAsync(terms.heartbeatMs + 1);

	expect(await leases.notes(["kcell#0", "kcell#1"], Date.now())).toEqual(
		new Map([["kcell#0", { holder: expect.any(String), until: expect.any(Number), note: "bind 0" }]]),
	);
	await task.bindLeases.stop();
	vi.useRealTimers();
});
