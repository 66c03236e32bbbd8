import { describe, expect, it, vi } from "vitest";
import { type Lane, lanes } from "#shared/domain/message/lanes.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";
import { laneIntake } from "#smpp/operators/lane-intake.ts";
import { settled, until, useManualTime } from "#test/fakes/manual-time.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

useManualTime();

/** The room of an operator with a low rate. */
const oneSendJob = 25;

const laneAt = (priority: number) => lanes.find((lane) => lane.priority === priority) as Lane;

function anEntry(handle: string, messages = 1): LaneEntry {
	const messageIds = Array.from({ length: messages }, (_, index) => index + 1);
	const sendJob = { userName: "demo", operator: "kcell", priority: 0, messageIds } as const;
	return { sendJob, kind: "first", entryId: `id of ${handle}`, handle, receives: 1 };
}

/** A lane with these entries. Afterwards a poll waits until it is stopped. */
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
	])("at priority %i receives %i entries at a time: bulk send jobs are large", async (priority, most) => {
		const source = aLane([]);
		const intake = laneIntake({
			lane: laneAt(priority),
			source,
			room: () => oneSendJob,
			take: async () => 1,
			log: memoryLog(),
		});

		await settled(intake.stop());

		expect(source.polls).toEqual([most]);
	});

	it("receives ten bulk entries at a time while none of their messages may be sent: sendable ones may follow (A15)", async () => {
		const source = aLane(["closed", "closed", "open", "open"].map((handle) => [anEntry(handle, oneSendJob)]));
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			room: () => oneSendJob,
			take: async (entries) => entries.filter(({ handle }) => handle === "open").length,
			log: memoryLog(),
		});

		await until(() => expect(source.polls).toHaveLength(5));
		await settled(intake.stop());

		expect(source.polls).toEqual([1, 10, 10, 1, 1]);
	});

	it("receives as many bulk entries as fit when the last ones had one message each", async () => {
		const source = aLane([[anEntry("alone")], [anEntry("alone too")], [anEntry("a send job", 25)]]);
		const options = { lane: laneAt(0), source, room: () => oneSendJob, log: memoryLog() };
		const intake = laneIntake({ ...options, take: async (entries) => entries.length });

		await until(() => expect(source.polls).toHaveLength(4));
		await settled(intake.stop());

		expect(source.polls).toEqual([1, 10, 10, 1]);
	});

	it("polls only while there is room, and again when it is woken", async () => {
		const source = aLane([[anEntry("a")]]);
		const taken: string[] = [];
		let room = 0;
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			room: () => room,
			take: async (entries) => taken.push(...entries.map(({ handle }) => handle)),
			log: memoryLog(),
		});
		intake.wake();
		await Promise.resolve();
		const before = source.polls.length;
		room = oneSendJob;
		intake.wake();
		await until(() => expect(taken).toEqual(["a"]));
		room = 0;
		await settled(intake.stop());

		expect(before).toBe(0);
	});

	it.each([
		[1, 1],
		[74, 2],
		[250, 10],
		[20_000, 10],
	])("receives as many bulk send jobs as there is room for: %i messages, %i entries", async (messages, most) => {
		const source = aLane([]);
		const room = () => messages;
		const intake = laneIntake({ lane: laneAt(0), source, room, take: async () => 1, log: memoryLog() });

		await settled(intake.stop());

		expect(source.polls).toEqual([most]);
	});

	it.each([
		["waits a moment after a single message, so that more can gather", 1, 1],
		["polls again at once after a full send job", 25, 2],
	])("%s", async (_, messages, polls) => {
		const source = aLane([[anEntry("a", messages)]]);
		const room = () => 1_000;
		const intake = laneIntake({ lane: laneAt(0), source, room, take: async () => 1, log: memoryLog() });

		await vi.advanceTimersByTimeAsync(9);
		const atFirst = source.polls.length;
		await vi.advanceTimersByTimeAsync(1);
		await settled(intake.stop());

		expect(atFirst).toBe(polls);
		expect(source.polls).toHaveLength(2);
	});

	it.each([
		["does not poll while its entries may need all the room", "ab", oneSendJob, 1],
		["polls while there is room for more entries, up to four answers ahead", "abcdef", 1_000, 4],
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
		const whileHandling = source.polls.length;
		ready.resolve();
		await until(() => expect(source.polls).toHaveLength(handles.length + 1));
		await settled(intake.stop());

		expect(whileHandling).toBe(ahead);
	});

	it("is stopped once all its entries have been handled", async () => {
		const source = aLane([[anEntry("a")]]);
		const ready = Promise.withResolvers<void>();
		const order: string[] = [];
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			room: () => oneSendJob,
			take: async () => {
				await ready.promise;
				return order.push("taken");
			},
			log: memoryLog(),
		});
		await until(() => expect(source.polls).toHaveLength(2));
		const stopped = intake.stop().then(() => order.push("stopped"));
		ready.resolve();
		await settled(stopped);

		expect(order).toEqual(["taken", "stopped"]);
	});

	it("continues after a failed poll, which it logs", async () => {
		const log = memoryLog();
		const taken: string[] = [];
		const source = aLane([new Error("the lane is unavailable"), [anEntry("a")]]);
		const intake = laneIntake({
			lane: laneAt(0),
			source,
			room: () => oneSendJob,
			take: async (entries) => taken.push(...entries.map(({ handle }) => handle)),
			log,
		});

		await until(() => expect(taken).toEqual(["a"]));
		await settled(intake.stop());

		expect(log.events.map(({ event }) => event)).toEqual(["lane.receive_failed"]);
	});

	it("stops at once during a long poll, which is not logged as a failure", async () => {
		const log = memoryLog();
		const source = aLane([]);
		const intake = laneIntake({ lane: laneAt(0), source, room: () => oneSendJob, take: async () => 1, log });

		await settled(intake.stop());
		intake.wake();

		expect([source.polls.length, log.events]).toEqual([1, []]);
	});

	it("stops while there is no room", async () => {
		const source = aLane([]);
		const intake = laneIntake({ lane: laneAt(0), source, room: () => 0, take: async () => 1, log: memoryLog() });

		await settled(intake.stop());

		expect(source.polls).toEqual([]);
	});
});

describe("the time since a lane was read", () => {
	const intakeOf = (source: ReturnType<typeof aLane>, room: () => number, take = async () => 1) =>
		laneIntake({ lane: laneAt(0), source, room, take, log: memoryLog() });
	const minuteMs = 60_000;

	it("grows while polls fail or hang, and not while there is no room", async () => {
		const failing = intakeOf(
			aLane(Array.from({ length: 1_000 }, () => new Error("SQS is unavailable"))),
			() => oneSendJob,
		);
		const full = intakeOf(aLane([]), () => 0);
		await vi.advanceTimersByTimeAsync(5 * minuteMs);

		expect([failing.receiveGapMs(), full.receiveGapMs()]).toEqual([5 * minuteMs, 0]);
		await Promise.all([settled(failing.stop()), settled(full.stop())]);
	});

	it("restarts with each answer, and when there is room again", async () => {
		let room = 0;
		const source = aLane([[anEntry("one")]]);
		const intake = intakeOf(source, () => room);
		await vi.advanceTimersByTimeAsync(5 * minuteMs);
		room = oneSendJob;
		intake.wake();
		await until(() => source.polls.length > 1);

		expect(intake.receiveGapMs()).toBeLessThan(minuteMs);
		await settled(intake.stop());
	});

	it("grows while received entries cannot be handled, though there is room", async () => {
		const stuck = Promise.withResolvers<number>();
		const source = aLane(Array.from({ length: 4 }, (_, index) => [anEntry(`entry ${index}`)]));
		const intake = intakeOf(
			source,
			() => oneSendJob,
			async () => await stuck.promise,
		);
		await until(() => source.polls.length === 4);
		for (let minute = 0; minute < 5; minute += 1) {
			await vi.advanceTimersByTimeAsync(minuteMs);
			intake.wake();
		}

		expect(intake.receiveGapMs()).toBeGreaterThan(4 * minuteMs);
		stuck.resolve(0);
		await settled(intake.stop());
	});
});
