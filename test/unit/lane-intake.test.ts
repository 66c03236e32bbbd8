import { describe, expect, it, vi } from "vitest";
import { type Lane, lanes } from "#shared/domain/lanes.ts";
import type { LaneEntry } from "#shared/ports.ts";
import { laneIntake } from "#smpp/operators/lane-intake.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const laneAt = (priority: number) => lanes.find((lane) => lane.priority === priority) as Lane;

function anEntry(handle: string): LaneEntry {
	return { handle, receives: 1, parcel: { userName: "demo", operator: "kcell", priority: 0, messageIds: [1] } };
}

/** A lane with these entries; when they are out, a poll waits until it is stopped. */
function aLane(entries: readonly (readonly LaneEntry[] | Error)[]) {
	const left = [...entries];
	const polls: number[] = [];
	return {
		polls,
		async receive(_: Lane, entriesMax: number, signal: AbortSignal): Promise<readonly LaneEntry[]> {
			polls.push(entriesMax);
			const next = left.shift();
			if (next instanceof Error) throw next;
			if (next !== undefined) return next;
			const { promise, reject } = Promise.withResolvers<never>();
			signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
			return await promise;
		},
	};
}

describe("the intake of a lane", () => {
	it.each([
		[0, 1],
		[1, 10],
		[3, 10],
	])("at priority %i takes in %i entries at a time: bulk waits, and is large", async (priority, most) => {
		const source = aLane([]);
		const intake = laneIntake({
			lane: laneAt(priority),
			source,
			wanted: () => true,
			take: async () => 1,
			log: memoryLog(),
		});

		await intake.stop();

		expect(source.polls).toEqual([most]);
	});

	it("takes in ten bulk entries at a time as long as none of their messages may go: others stand behind them (A15)", async () => {
		const source = aLane([[anEntry("shut")], [anEntry("shut")], [anEntry("open")], [anEntry("open")]]);
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			wanted: () => true,
			take: async (entries) => entries.filter(({ handle }) => handle === "open").length,
			log: memoryLog(),
		});

		await vi.waitFor(() => expect(source.polls).toHaveLength(5));
		await intake.stop();

		expect(source.polls).toEqual([1, 10, 10, 1, 1]);
	});

	it("polls only while entries are wanted, and again when it is woken", async () => {
		const source = aLane([[anEntry("a")]]);
		const took: string[] = [];
		let wanted = false;
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			wanted: () => wanted,
			take: async (entries) => took.push(...entries.map(({ handle }) => handle)),
			log: memoryLog(),
		});
		intake.wake();
		await Promise.resolve();
		const before = source.polls.length;
		wanted = true;
		intake.wake();
		await vi.waitFor(() => expect(took).toEqual(["a"]));
		wanted = false;
		await intake.stop();

		expect(before).toBe(0);
	});

	it("polls one at a time, and not before what it has lies ready", async () => {
		const source = aLane([[anEntry("a")], [anEntry("b")]]);
		const ready = Promise.withResolvers<void>();
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			wanted: () => true,
			take: async () => {
				await ready.promise;
				return 1;
			},
			log: memoryLog(),
		});
		await vi.waitFor(() => expect(source.polls).toHaveLength(1));
		intake.wake();
		await Promise.resolve();
		const meanwhile = source.polls.length;
		ready.resolve();
		await vi.waitFor(() => expect(source.polls).toHaveLength(3));
		await intake.stop();

		expect(meanwhile).toBe(1);
	});

	it("goes on after a failed poll, which it logs", async () => {
		const log = memoryLog();
		const took: string[] = [];
		const source = aLane([new Error("the lane is away"), [anEntry("a")]]);
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			wanted: () => true,
			take: async (entries) => took.push(...entries.map(({ handle }) => handle)),
			log,
		});

		await vi.waitFor(() => expect(took).toEqual(["a"]));
		await intake.stop();

		expect(log.events.map(({ event }) => event)).toEqual(["lane.unread"]);
	});

	it("stops at once in the middle of a long poll, and takes that for no failure", async () => {
		const log = memoryLog();
		const source = aLane([]);
		const intake = laneIntake({ lane: laneAt(0), source, wanted: () => true, take: async () => 1, log });

		await intake.stop();
		intake.wake();

		expect([source.polls.length, log.events]).toEqual([1, []]);
	});

	it("stops while nothing is wanted", async () => {
		const source = aLane([]);
		const intake = laneIntake({ lane: laneAt(0), source, wanted: () => false, take: async () => 1, log: memoryLog() });

		await intake.stop();

		expect(source.polls).toEqual([]);
	});
});
