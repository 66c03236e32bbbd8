import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { instantFromAlmatyText } from "#shared/domain/almaty-time.ts";
import type { Lane } from "#shared/domain/lanes.ts";
import type { Message } from "#shared/domain/message.ts";
import type { Clock, LaneEntry, LaneSource } from "#shared/ports.ts";
import type { Bind } from "#smpp/operators/keep-bind.ts";
import { type DeskOptions, openDesk } from "#smpp/operators/operator-desk.ts";
import type { SubmitOutcome } from "#smpp/operators/submit-outcome.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { aLeasing } from "#test/fakes/memory-leases.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import {
	memoryLog,
	memoryPacks,
	memoryReports,
	memorySlots,
	memorySubmissions,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";
import { ended, moveTimeByHand, until } from "#test/fakes/moved-time.ts";

moveTimeByHand();

/** Lanes in memory: an entry is there until it is removed, and held from the moment that it is received. */
function memoryLaneSource() {
	const waiting = new Map<string, LaneEntry[]>();
	const removed: string[] = [];
	const givenBack: string[] = [];
	const leftAlone: string[] = [];
	const source: LaneSource = {
		async receive(lane, entriesMax, signal) {
			const entries = waiting.get(lane.name)?.splice(0, entriesMax) ?? [];
			if (entries.length > 0) return entries;
			await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
			return [];
		},
		remove: async (_, handles) => void removed.push(...handles),
		hold: async (_, handles, seconds) => {
			if (seconds === 0) givenBack.push(...handles);
			if (seconds > 30) leftAlone.push(...handles);
		},
	};
	return {
		source,
		removed,
		givenBack,
		leftAlone,
		left: (name: Lane["name"]) => waiting.get(name)?.length ?? 0,
		put(name: Lane["name"], handle: string, messageIds: readonly number[], parts: Partial<LaneEntry> = {}) {
			const parcel = { userName: "demo", operator: "kcell", priority: 0, messageIds } as const;
			const once: LaneEntry = { parcel, kind: "first", entryId: handle, handle, receives: 1 };
			waiting.set(name, [...(waiting.get(name) ?? []), { ...once, ...parts }]);
		},
	};
}

type Answers = (text: string) => SubmitOutcome | Promise<SubmitOutcome>;

async function aDesk(
	messages: readonly Message[],
	answers: Answers,
	parts: Partial<DeskOptions> = {},
	now: Clock = Date.now,
) {
	const store = memoryMessages(now);
	await store.insert(messages);
	const lanes = memoryLaneSource();
	const submitted: string[] = [];
	const stores = {
		messages: store,
		packs: memoryPacks(),
		submissions: memorySubmissions(),
		slots: memorySlots(),
		reports: memoryReports(),
		newPackId: () => randomUUID() as string,
		now,
	};
	const openBind: DeskOptions["openBind"] = ({ onUp }): Bind => {
		queueMicrotask(onUp);
		return {
			bound: true,
			async submit({ short_message }) {
				const text = short_message.toString("latin1");
				submitted.push(text);
				return await answers(text);
			},
			stop: async () => undefined,
		};
	};
	const open = () =>
		openDesk({
			operator: "kcell",
			binds: 1,
			tps: 1_000,
			window: 10,
			openBind,
			isPaused: () => false,
			drainMs: 1_000,
			leasing: aLeasing(),
			picking: stores,
			recording: stores,
			source: lanes.source,
			visibilitySeconds: 30,
			log: memoryLog(),
			...parts,
		});
	return { ...stores, lanes, submitted, open };
}

const someMessages = (...texts: readonly string[]) =>
	texts.map((text) => aMessage({ text, acceptedAt: Date.now(), expiresAt: Date.now() + 3_600_000 }));
const idsOf = (messages: readonly Message[]) => messages.map(({ messageId }) => messageId);
let given = 0;
const taken = (): SubmitOutcome => ({ kind: "accepted", smscId: `smsc-${++given}` });

describe("the desk of an operator", () => {
	it("does not delete the entry that holds a message because a job of another entry, looked at before that came, is over", async () => {
		const messages = someMessages("one");
		const [message] = messages;
		if (message === undefined) throw new Error("no message");
		const desk = await aDesk(messages, () => ({ kind: "throttled", commandStatus: 88 }) as unknown as SubmitOutcome);
		const second = Promise.withResolvers<readonly LaneEntry[]>();
		const parcel = { userName: "demo", operator: "kcell", priority: 0, messageIds: idsOf(messages) } as const;
		let polls = 0;
		const receive = desk.lanes.source.receive;
		desk.lanes.source.receive = async (lane, ...rest) => {
			if (lane.name !== "kcell-bulk") return await receive(lane, ...rest);
			polls += 1;
			if (polls === 1) return [{ parcel, kind: "first", entryId: "e1", handle: "h1", receives: 1 }];
			if (polls === 2) return await second.promise;
			return await receive(lane, ...rest);
		};
		/* Another task claims it by e2 before this one looks at it again; and gives e2 back, for it is stopped, while this one settles what it saw. */
		const readEach = desk.messages.readEach;
		let reads = 0;
		desk.messages.readEach = async (ids) => {
			reads += 1;
			if (reads !== 2) return await readEach(ids);
			desk.messages.rows.set(message.messageId, { ...message, holder: "e2", revision: 2 });
			const seen = await readEach(ids);
			second.resolve([{ parcel, kind: "again", entryId: "e2", handle: "h2", receives: 2 }]);
			await new Promise((resolve) => setTimeout(resolve, 50));
			return seen;
		};

		const { stop } = desk.open();
		await until(() => expect(desk.lanes.leftAlone).toContain("h1"));
		await ended(stop());

		expect(desk.messages.rows.get(message.messageId)).toMatchObject({ status: "NEW", holder: "e2" });
		expect(desk.lanes.removed).not.toContain("h2");
	});

	it("keeps an entry that is received again while its message is on its way: nobody else may hold that", async () => {
		const messages = someMessages("one");
		const { promise, resolve } = Promise.withResolvers<SubmitOutcome>();
		const desk = await aDesk(messages, () => promise);
		desk.lanes.put("kcell-bulk", "first handle", idsOf(messages), { entryId: "entry" });
		desk.lanes.put("kcell-bulk", "second handle", idsOf(messages), { receives: 2, entryId: "entry" });
		const opened = desk.open();
		await until(() => expect(desk.lanes.left("kcell-bulk")).toBe(0));
		await until(() => expect(desk.submitted).toEqual(["one"]));
		const early = [...desk.lanes.removed];

		resolve(taken());
		await until(() => expect(desk.lanes.removed).toHaveLength(2));
		await ended(opened.stop());

		expect(early).toEqual([]);
		expect(new Set(desk.lanes.removed)).toEqual(new Set(["first handle", "second handle"]));
		expect(desk.submitted).toEqual(["one"]);
	});

	it("sends what its lanes hold, records it, and only then deletes the entry", async () => {
		const messages = someMessages("one", "two");
		const desk = await aDesk(messages, taken);
		desk.lanes.put("kcell-bulk", "entry", idsOf(messages));

		const { stop } = desk.open();
		await until(() => expect(desk.lanes.removed).toEqual(["entry"]));

		expect([...desk.messages.rows.values()].map(({ status }) => status)).toEqual(["SENT", "SENT"]);
		expect(desk.submissions.rows.size).toBe(2);
		expect(desk.slots.kept.flatMap(({ order }) => (order.kind === "watch" ? order.messageIds : []))).toHaveLength(2);
		await ended(stop());
		expect(desk.lanes.givenBack).toEqual([]);
	});

	it("keeps the entry while one of its messages is not recorded", async () => {
		const messages = someMessages("one", "slow");
		const never = Promise.withResolvers<SubmitOutcome>();
		const desk = await aDesk(messages, (text) => (text === "slow" ? never.promise : taken()));
		desk.lanes.put("kcell-bulk", "entry", idsOf(messages));

		const { stop } = desk.open();
		await until(() => expect(desk.submissions.rows.size).toBe(1));
		const early = [...desk.lanes.removed];
		never.resolve(taken());
		await until(() => expect(desk.lanes.removed).toEqual(["entry"]));

		expect(early).toEqual([]);
		await ended(stop());
	});

	it("sends a message once that two entries name, and settles both", async () => {
		const messages = someMessages("once");
		const desk = await aDesk(messages, taken);
		desk.lanes.put("kcell-urgent", "first", idsOf(messages));
		desk.lanes.put("kcell-urgent", "second", idsOf(messages));

		const { stop } = desk.open();
		await until(() => expect(desk.lanes.removed.toSorted()).toEqual(["first", "second"]));

		expect(desk.submitted).toEqual(["once"]);
		await ended(stop());
	});

	it("deletes at once an entry of what is done with, expired or gone, and reports the expired", async () => {
		const [sent, expired] = someMessages("sent", "expired") as [Message, Message];
		const rows = [
			{ ...sent, status: "SENT" as const },
			{ ...expired, expiresAt: Date.now() - 1 },
		];
		const desk = await aDesk(rows, taken);
		desk.lanes.put("kcell-bulk", "entry", [...idsOf(rows), 404]);

		const { stop } = desk.open();
		await until(() => expect(desk.lanes.removed).toEqual(["entry"]));

		expect(desk.submitted).toEqual([]);
		expect(desk.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[expired.messageId]]);
		await ended(stop());
	});

	it("loses no report of an expired message when the reports queue was away at the first look", async () => {
		const [expired] = someMessages("expired") as [Message];
		const desk = await aDesk([{ ...expired, expiresAt: Date.now() - 1 }], taken);
		let down = true;
		const send = desk.reports.send;
		desk.reports.send = async (packs) => {
			if (down) {
				down = false;
				throw new Error("the queue is away");
			}
			await send(packs);
		};
		desk.lanes.put("kcell-bulk", "entry", [expired.messageId]);

		const { stop } = desk.open();
		await until(() => expect(desk.lanes.removed).toEqual(["entry"]));

		expect(desk.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[expired.messageId]]);
		await ended(stop());
	});

	it("sends what may go while others of its entry cannot be parked, and keeps the entry until they are (A15)", async () => {
		const eveningAt = instantFromAlmatyText("2026-11-24 18:00:00") ?? expect.fail();
		const full = aMessage({ text: "full", expiresAt: eveningAt + 86_400_000 });
		const shut = aMessage({ text: "shut", expiresAt: eveningAt + 86_400_000, timeBounds: "def" });
		const desk = await aDesk([shut, full], taken, {}, stoppedClock(eveningAt));
		const parking = Promise.withResolvers<void>();
		const put = desk.slots.put;
		desk.slots.put = async (rows) => {
			if (rows.some(({ order }) => order.kind === "release")) await parking.promise;
			await put(rows);
		};
		desk.lanes.put("kcell-bulk", "entry", idsOf([shut, full]));

		const { stop } = desk.open();
		await until(() => expect(desk.messages.rows.get(full.messageId)?.status).toBe("SENT"));
		const early = [...desk.lanes.removed];
		parking.resolve();
		await until(() => expect(desk.lanes.removed).toEqual(["entry"]));

		expect([early, desk.submitted]).toEqual([[], ["full"]]);
		await ended(stop());
	});

	it("parks in one go what lay ready when its window closed: in rows of 25, and none is sent (A14)", async () => {
		const clock = stoppedClock((instantFromAlmatyText("2026-11-24 18:00:00") ?? expect.fail()) - 1);
		const expiresAt = clock() + 86_400_000;
		const first = aMessage({ text: "first", expiresAt });
		const shut = Array.from({ length: 30 }, () => aMessage({ text: "shut", timeBounds: "def", expiresAt }));
		const answer = Promise.withResolvers<SubmitOutcome>();
		const desk = await aDesk([first, ...shut], () => answer.promise, { window: 1 }, clock);
		const reads = vi.spyOn(desk.messages, "readEach");
		desk.lanes.put("kcell-bulk", "first", [first.messageId]);
		desk.lanes.put("kcell-bulk", "shut", idsOf(shut));

		const { stop } = desk.open();
		await until(() => expect([desk.submitted, reads.mock.calls.length]).toEqual([["first"], 1]));
		clock.advance(1);
		answer.resolve(taken());
		await until(() => expect(desk.lanes.removed.toSorted()).toEqual(["first", "shut"]));

		const parked = desk.slots.kept.flatMap(({ order }) => (order.kind === "release" ? [order.parcel.messageIds] : []));
		expect(parked.map(({ length }) => length)).toEqual([25, 5]);
		expect(desk.submitted).toEqual(["first"]);
		expect(reads.mock.calls.length).toBe(2);
		await ended(stop());
	});

	it("reads no lane of another operator", async () => {
		const messages = someMessages("theirs");
		const desk = await aDesk(messages, taken);
		desk.lanes.put("tele2-bulk", "theirs", idsOf(messages));
		const [ours] = someMessages("ours") as [Message];
		await desk.messages.insert([ours]);
		desk.lanes.put("kcell-bulk", "ours", [ours.messageId]);

		const { stop } = desk.open();
		await until(() => expect(desk.lanes.removed).toEqual(["ours"]));

		expect(desk.submitted).toEqual(["ours"]);
		await ended(stop());
	});

	it("gives back what it could not send when it stops", async () => {
		const messages = someMessages("never answered in time");
		const desk = await aDesk(messages, () => ({ kind: "throttled", commandStatus: 0x58 }));
		desk.lanes.put("kcell-bulk", "entry", idsOf(messages));

		const { stop } = desk.open();
		await until(() => expect(desk.submitted).toHaveLength(1));
		await ended(stop());

		expect([desk.lanes.givenBack, desk.lanes.removed]).toEqual([["entry"], []]);
		expect(desk.messages.rows.get(messages[0]?.messageId ?? 0)?.status).toBe("NEW");
	});

	it("records what is answered while it stops, and deletes its entry", async () => {
		const messages = someMessages("late");
		const late = Promise.withResolvers<SubmitOutcome>();
		const desk = await aDesk(messages, () => late.promise);
		desk.lanes.put("kcell-bulk", "entry", idsOf(messages));
		const { stop } = desk.open();
		await until(() => expect(desk.submitted).toHaveLength(1));

		const stopping = stop();
		late.resolve(taken());
		await ended(stopping);

		expect([desk.lanes.removed, desk.lanes.givenBack]).toEqual([["entry"], []]);
		expect(desk.messages.rows.get(messages[0]?.messageId ?? 0)?.status).toBe("SENT");
	});

	/** The place of each segment that was submitted, by its header. */
	const places = (submitted: readonly string[]) => submitted.map((text) => text.charCodeAt(5));

	it("goes on with a long message where it stopped, and writes down first how far that was", async () => {
		const messages = someMessages("x".repeat(400));
		const [{ messageId }] = messages as [Message];
		const kept: unknown[] = [];
		const desk = await aDesk(messages, () => {
			const row = desk.messages.rows.get(messageId);
			kept.push([row?.status, row?.segments.length]);
			return desk.submitted.length === 2 ? { kind: "unsent" } : taken();
		});
		desk.lanes.put("kcell-bulk", "entry", [messageId]);

		const { stop } = desk.open();
		await until(() => expect(desk.lanes.removed).toEqual(["entry"]));
		await ended(stop());

		expect(places(desk.submitted)).toEqual([1, 2, 2, 3]);
		expect(kept).toEqual([
			["NEW", 0],
			["NEW", 0],
			["NEW", 1],
			["NEW", 1],
		]);
		expect(desk.messages.rows.get(messageId)).toMatchObject({ status: "SENT", segments: { length: 3 } });
		expect([...desk.submissions.rows.values()].map(({ segmentIndex }) => segmentIndex)).toEqual([0, 1, 2]);
	});

	it("leaves a long message to another task with the segments that are missing, and its entry with it", async () => {
		const messages = someMessages("x".repeat(400));
		const [{ messageId }] = messages as [Message];
		const desk = await aDesk(messages, () =>
			desk.submitted.length === 2 ? { kind: "throttled", commandStatus: 0x58 } : taken(),
		);
		desk.lanes.put("kcell-bulk", "entry", [messageId]);
		const first = desk.open();
		await until(() => expect(desk.messages.rows.get(messageId)?.segments).toHaveLength(1));
		await ended(first.stop());
		const givenBack = [...desk.lanes.givenBack];

		desk.lanes.put("kcell-bulk", "again", [messageId], { receives: 2, entryId: "entry" });
		const second = desk.open();
		await until(() => expect(desk.lanes.removed).toEqual(["again"]));
		await ended(second.stop());

		expect(givenBack).toEqual(["entry"]);
		expect(places(desk.submitted)).toEqual([1, 2, 2, 3]);
		expect(desk.messages.rows.get(messageId)).toMatchObject({ status: "SENT", segments: { length: 3 } });
	});

	it("ends with 18 a message that the task before it got no answer for (A19)", async () => {
		const clock = stoppedClock();
		const message = aMessage({ text: "silent", acceptedAt: clock(), expiresAt: clock() + 60_000 });
		const desk = await aDesk([message], () => ({ kind: "unknown" }), {}, clock);
		desk.lanes.put("kcell-bulk", "entry", [message.messageId]);
		const first = desk.open();
		await until(() => expect(desk.messages.rows.get(message.messageId)?.retryCount).toBe(1));
		await ended(first.stop());
		clock.advance(60_000);

		desk.lanes.put("kcell-bulk", "again", [message.messageId], { receives: 2, entryId: "entry" });
		const second = desk.open();
		await until(() => expect(desk.lanes.removed).toEqual(["again"]));
		await ended(second.stop());

		expect(desk.messages.rows.get(message.messageId)).toMatchObject({ status: "EXPIRED", errorCode: "18" });
	});
});
