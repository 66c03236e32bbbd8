import { describe, expect, it, vi } from "vitest";
import { type Lane, lanes } from "#shared/domain/message/lanes.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";
import { laneIntake } from "#smpp/operators/lane-intake.ts";
import { ended, until, useManualTime } from "#test/fakes/manual-time.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

useManualTime();

/** As much room as an operator has that takes few messages a second. */
const oneParcel = 25;

const laneAt = (priority: number) => lanes.find((lane) => lane.priority === priority) as Lane;

function anEntry(handle: string, messages = 1): LaneEntry {
	const messageIds = Array.from({ length: messages }, (_, index) => index + 1);
	const sendJob = { userName: "demo", operator: "kcell", priority: 0, messageIds } as const;
	return { sendJob, kind: "first", entryId: `id of ${handle}`, handle, receives: 1 };
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
			room: () => oneParcel,
			take: async () => 1,
			log: memoryLog(),
		});

		await ended(intake.stop());

		expect(source.polls).toEqual([most]);
	});

	it("takes in ten bulk entries at a time as long as none of their messages may go: others stand behind them (A15)", async () => {
		const source = aLane(["shut", "shut", "open", "open"].map((handle) => [anEntry(handle, oneParcel)]));
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			room: () => oneParcel,
			take: async (entries) => entries.filter(({ handle }) => handle === "open").length,
			log: memoryLog(),
		});

		await until(() => expect(source.polls).toHaveLength(5));
		await ended(intake.stop());

		expect(source.polls).toEqual([1, 10, 10, 1, 1]);
	});

	it("takes in as many bulk entries at a time as fit where the last were of one message, each by a request of its own", async () => {
		const source = aLane([[anEntry("alone")], [anEntry("alone too")], [anEntry("a send job", 25)]]);
		const options = { lane: laneAt(0), source, room: () => oneParcel, log: memoryLog() };
		const intake = laneIntake({ ...options, take: async (entries) => entries.length });

		await until(() => expect(source.polls).toHaveLength(4));
		await ended(intake.stop());

		expect(source.polls).toEqual([1, 10, 10, 1]);
	});

	it("polls only while there is room, and again when it is woken", async () => {
		const source = aLane([[anEntry("a")]]);
		const took: string[] = [];
		let room = 0;
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			room: () => room,
			take: async (entries) => took.push(...entries.map(({ handle }) => handle)),
			log: memoryLog(),
		});
		intake.wake();
		await Promise.resolve();
		const before = source.polls.length;
		room = oneParcel;
		intake.wake();
		await until(() => expect(took).toEqual(["a"]));
		room = 0;
		await ended(intake.stop());

		expect(before).toBe(0);
	});

	it.each([
		[1, 1],
		[74, 2],
		[250, 10],
		[20_000, 10],
	])("takes in as many bulk send jobs as there is room for: %i messages in %i", async (messages, most) => {
		const source = aLane([]);
		const room = () => messages;
		const intake = laneIntake({ lane: laneAt(0), source, room, take: async () => 1, log: memoryLog() });

		await ended(intake.stop());

		expect(source.polls).toEqual([most]);
	});

	it.each([
		["lets messages that come one by one gather for a moment", 1, 1],
		["polls on at once after a whole send job", 25, 2],
	])("%s", async (_, messages, polls) => {
		const source = aLane([[anEntry("a", messages)]]);
		const room = () => 1_000;
		const intake = laneIntake({ lane: laneAt(0), source, room, take: async () => 1, log: memoryLog() });

		await vi.advanceTimersByTimeAsync(9);
		const atFirst = source.polls.length;
		await vi.advanceTimersByTimeAsync(1);
		await ended(intake.stop());

		expect(atFirst).toBe(polls);
		expect(source.polls).toHaveLength(2);
	});

	it.each([
		["polls no more while what it has may need all the room there is", "ab", oneParcel, 1],
		["polls on while there is room for more than it has, up to four answers ahead", "abcdef", 1_000, 4],
	])("%s", async (_, handles, messages, ahead) => {
		const source = aLane(handles.split("").map((handle) => [anEntry(handle, 25)]));
		const ready = Promise.withResolvers<void>();
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			room: () => messages,
			take: async () => {
				await ready.promise;
				return 1;
			},
			log: memoryLog(),
		});
		await until(() => expect(source.polls).toHaveLength(ahead));
		intake.wake();
		await vi.advanceTimersByTimeAsync(1_000);
		const meanwhile = source.polls.length;
		ready.resolve();
		await until(() => expect(source.polls).toHaveLength(handles.length + 1));
		await ended(intake.stop());

		expect(meanwhile).toBe(ahead);
	});

	it("is stopped when all that it took has been looked at", async () => {
		const source = aLane([[anEntry("a")]]);
		const ready = Promise.withResolvers<void>();
		const order: string[] = [];
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			room: () => oneParcel,
			take: async () => {
				await ready.promise;
				return order.push("taken");
			},
			log: memoryLog(),
		});
		await until(() => expect(source.polls).toHaveLength(2));
		const stopped = intake.stop().then(() => order.push("stopped"));
		ready.resolve();
		await ended(stopped);

		expect(order).toEqual(["taken", "stopped"]);
	});

	it("goes on after a failed poll, which it logs", async () => {
		const log = memoryLog();
		const took: string[] = [];
		const source = aLane([new Error("the lane is away"), [anEntry("a")]]);
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			room: () => oneParcel,
			take: async (entries) => took.push(...entries.map(({ handle }) => handle)),
			log,
		});

		await until(() => expect(took).toEqual(["a"]));
		await ended(intake.stop());

		expect(log.events.map(({ event }) => event)).toEqual(["lane.receive_failed"]);
	});

	it("stops at once in the middle of a long poll, and takes that for no failure", async () => {
		const log = memoryLog();
		const source = aLane([]);
		const intake = laneIntake({ lane: laneAt(0), source, room: () => oneParcel, take: async () => 1, log });

		await ended(intake.stop());
		intake.wake();

		expect([source.polls.length, log.events]).toEqual([1, []]);
	});

	it("stops while nothing is wanted", async () => {
		const source = aLane([]);
		const intake = laneIntake({ lane: laneAt(0), source, room: () => 0, take: async () => 1, log: memoryLog() });

		await ended(intake.stop());

		expect(source.polls).toEqual([]);
	});
});

describe("how long a lane is not read", () => {
	const intakeOf = (source: ReturnType<typeof aLane>, room: () => number, take = async () => 1) =>
		laneIntake({ lane: laneAt(0), source, room, take, log: memoryLog() });
	const minuteMs = 60_000;

	it("grows while polls fail or do not end, and not while there is no room", async () => {
		const failing = intakeOf(aLane(Array.from({ length: 1_000 }, () => new Error("SQS is away"))), () => oneParcel);
		const full = intakeOf(aLane([]), () => 0);
		await vi.advanceTimersByTimeAsync(5 * minuteMs);

		expect([failing.receiveGapMs(), full.receiveGapMs()]).toEqual([5 * minuteMs, 0]);
		await Promise.all([ended(failing.stop()), ended(full.stop())]);
	});

	it("starts over with each answer, and with room where there was none", async () => {
		let room = 0;
		const source = aLane([[anEntry("one")]]);
		const intake = intakeOf(source, () => room);
		await vi.advanceTimersByTimeAsync(5 * minuteMs);
		room = oneParcel;
		intake.wake();
		await until(() => source.polls.length > 1);

		expect(intake.receiveGapMs()).toBeLessThan(minuteMs);
		await ended(intake.stop());
	});

	it("grows while what was read cannot be looked at, though there is room for more", async () => {
		const stuck = Promise.withResolvers<number>();
		const source = aLane(Array.from({ length: 4 }, (_, index) => [anEntry(`entry ${index}`)]));
		const intake = intakeOf(
			source,
			() => oneParcel,
			async () => await stuck.promise,
		);
		await until(() => source.polls.length === 4);
		for (let minute = 0; minute < 5; minute += 1) {
			await vi.advanceTimersByTimeAsync(minuteMs);
			intake.wake();
		}

		expect(intake.receiveGapMs()).toBeGreaterThan(4 * minuteMs);
		stuck.resolve(0);
		await ended(intake.stop());
	});
});
