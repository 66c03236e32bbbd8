import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Lane, lanes } from "#shared/domain/message/lanes.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";
import { heldEntries } from "#smpp/operators/held-entries.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const lane = lanes[0] as Lane;

function anEntry(handle: string, messageIds: readonly number[] = [1]): LaneEntry {
	const sendJob = { userName: "demo", operator: lane.operator, priority: 0, messageIds } as const;
	return { sendJob, kind: "first", entryId: `id of ${handle}`, handle, receives: 1 };
}

function aLane() {
	const removed: string[] = [];
	const holds: { handles: readonly string[]; seconds: number }[] = [];
	return {
		removed,
		holds,
		receive: async () => [],
		remove: async (_: Lane, handles: readonly string[]) => void removed.push(...handles),
		hold: async (_: Lane, handles: readonly string[], seconds: number) => void holds.push({ handles, seconds }),
	};
}

describe("held lane entries", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("are deleted once all their messages are settled, and not before", async () => {
		const source = aLane();
		const held = heldEntries(lane, source, 30, memoryLog());
		held.hold(anEntry("a", [1, 2]));
		held.settle("a");
		await vi.advanceTimersByTimeAsync(1_000);
		const early = [...source.removed];
		held.settle("a");
		await vi.advanceTimersByTimeAsync(1_000);

		expect([early, source.removed]).toEqual([[], ["a"]]);
		await held.release();
	});

	it("return to the lane after the shortest of their deferrals, once no other message of theirs is in progress", async () => {
		const source = aLane();
		const held = heldEntries(lane, source, 30, memoryLog());
		held.hold(anEntry("a", [1, 2, 3]));
		held.defer("a", 900);
		held.defer("a", 60);
		await vi.advanceTimersByTimeAsync(1_000);
		const early = [...source.holds];
		held.settle("a");
		await vi.advanceTimersByTimeAsync(60_000);
		await held.release();

		expect([early, source.removed, source.holds]).toEqual([[], [], [{ handles: ["a"], seconds: 60 }]]);
	});

	it("are surely held for as long as their visibility was extended in time", async () => {
		const source = aLane();
		let isFailing = false;
		const hold: typeof source.hold = async (...call) => {
			if (isFailing) throw new Error("SQS is unavailable");
			await source.hold(...call);
		};
		const held = heldEntries(lane, { ...source, hold }, 30, memoryLog());
		held.hold(anEntry("a"));
		await vi.advanceTimersByTimeAsync(60_000);
		isFailing = true;
		const states: boolean[] = [];
		for (const seconds of [29, 2, 30]) {
			await vi.advanceTimersByTimeAsync(seconds * 1_000);
			states.push(held.isHeld("a"));
			isFailing = false;
		}
		await held.release();

		expect([states, held.isHeld("another")]).toEqual([[true, false, false], false]);
	});

	it("are left alone once another task may have received them", async () => {
		const source = aLane();
		const calls: number[] = [];
		const hold = async (_: Lane, __: readonly string[], seconds: number) => {
			calls.push(seconds);
			if (seconds === 30) throw new Error("SQS is unavailable");
		};
		const held = heldEntries(lane, { ...source, hold }, 30, memoryLog());
		for (const handle of ["early", "late", "last"]) held.hold(anEntry(handle));
		held.defer("early", 7);
		await vi.advanceTimersByTimeAsync(26_000);
		held.defer("late", 7);
		await vi.advanceTimersByTimeAsync(1_000);
		await held.release();

		expect(calls.filter((seconds) => seconds !== 30)).toEqual([7]);
	});

	it.each([1, 3, 7, 30])("stay held with a visibility of %i s", async (visibilitySeconds) => {
		const held = heldEntries(lane, aLane(), visibilitySeconds, memoryLog());
		held.hold(anEntry("a"));
		const states: boolean[] = [];
		for (let step = 0; step < 100; step += 1) {
			await vi.advanceTimersByTimeAsync(visibilitySeconds * 100);
			states.push(held.isHeld("a"));
		}
		await held.release();

		expect(new Set(states)).toEqual(new Set([true]));
	});

	it("are not surely held after an extension whose answer came too late", async () => {
		const source = aLane();
		const hold = async () => void (await new Promise((resolve) => setTimeout(resolve, 16_000)));
		const held = heldEntries(lane, { ...source, hold }, 30, memoryLog());
		held.hold(anEntry("a"));

		await vi.advanceTimersByTimeAsync(27_000);

		expect(held.isHeld("a")).toBe(false);
		const released = held.release();
		await vi.advanceTimersByTimeAsync(20_000);
		await released;
	});

	it("stay invisible to other tasks while they are held: renewed at a third of the visibility timeout", async () => {
		const source = aLane();
		const held = heldEntries(lane, source, 30, memoryLog());
		held.hold(anEntry("a"));
		held.hold(anEntry("b"));
		await vi.advanceTimersByTimeAsync(10_000);
		held.settle("a");
		await vi.advanceTimersByTimeAsync(10_000);

		expect(source.holds).toEqual([
			{ handles: ["a", "b"], seconds: 30 },
			{ handles: ["b"], seconds: 30 },
		]);
		await held.release();
	});

	it("return to the lane when they are released, except settled ones, and are not renewed again", async () => {
		const source = aLane();
		const held = heldEntries(lane, source, 30, memoryLog());
		for (const handle of ["a", "b"]) held.hold(anEntry(handle));
		held.settle("a");

		await held.release();
		await vi.advanceTimersByTimeAsync(60_000);

		expect(source.removed).toEqual(["a"]);
		expect(source.holds).toEqual([{ handles: ["b"], seconds: 0 }]);
	});

	it("return to the lane once all their messages are settled if one was given back, and are not deleted", async () => {
		const source = aLane();
		const held = heldEntries(lane, source, 30, memoryLog());
		held.hold(anEntry("a", [1, 2]));
		held.giveBack("a");
		await vi.advanceTimersByTimeAsync(1_000);
		const early = [...source.holds];
		held.settle("a");
		await vi.advanceTimersByTimeAsync(1_000);

		expect([early, source.holds, source.removed]).toEqual([[], [{ handles: ["a"], seconds: 0 }], []]);
		await held.release();
	});

	it("are released with a log event after twelve hours, the longest visibility that SQS allows", async () => {
		const source = aLane();
		const log = memoryLog();
		const held = heldEntries(lane, source, 30, log);
		held.hold(anEntry("a"));
		await vi.advanceTimersByTimeAsync(12 * 60 * 60_000);
		const renewals = source.holds.length;
		held.hold(anEntry("again"));
		await vi.advanceTimersByTimeAsync(10_000);
		for (const handle of ["a", "again"]) held.settle(handle);
		await vi.advanceTimersByTimeAsync(1_000);

		expect(renewals).toBe(12 * 360 - 3);
		expect(source.holds.at(-1)).toEqual({ handles: ["again"], seconds: 30 });
		expect(log.events.map(({ event }) => event)).toEqual(["lane_entry.hold_limit_reached"]);
		expect(source.removed).toEqual(["again"]);
		await held.release();
	});

	it("ignore a message that is settled twice or was never held", async () => {
		const source = aLane();
		const held = heldEntries(lane, source, 30, memoryLog());
		held.hold(anEntry("a"));
		for (const handle of ["a", "a", "b"]) held.settle(handle);

		await held.release();

		expect(source.removed).toEqual(["a"]);
	});

	it("cause log events while the lane is unavailable, and delay nothing", async () => {
		const failing = async () => Promise.reject(new Error("the lane is unavailable"));
		const log = memoryLog();
		const held = heldEntries(lane, { ...aLane(), remove: failing, hold: failing }, 30, log);
		held.hold(anEntry("a"));
		held.hold(anEntry("b"));
		held.settle("a");
		await vi.advanceTimersByTimeAsync(10_000);

		await held.release();

		expect(new Set(log.events.map(({ event }) => event))).toEqual(
			new Set(["lane_entry.delete_failed", "lane_entry.extend_failed", "lane_entry.release_failed"]),
		);
	});
});
