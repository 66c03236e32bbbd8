import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { Clock } from "#shared/clock.ts";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import type { Lane } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import type { LaneEntry, LaneSource } from "#shared/usecases/send/lane-source.ts";
import type { Bind } from "#smpp/operators/keep-bind.ts";
import { type OperatorSenderOptions, openOperatorSender } from "#smpp/operators/operator-sender.ts";
import type { SubmitOutcome } from "#smpp/operators/submit-outcome.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { settled, until, useManualTime } from "#test/fakes/manual-time.ts";
import { leasingOfTask } from "#test/fakes/memory-leases.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import {
	memoryLog,
	memoryReportBatches,
	memoryReports,
	memorySlots,
	memorySubmissions,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";

useManualTime();

/** Lanes in memory: an entry stays until it is removed, and is invisible once it is received. */
function memoryLaneSource() {
	const waiting = new Map<string, LaneEntry[]>();
	const removed: string[] = [];
	const givenBack: string[] = [];
	const deferred: string[] = [];
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
			if (seconds > 30) deferred.push(...handles);
		},
	};
	return {
		source,
		removed,
		givenBack,
		deferred,
		left: (name: Lane["name"]) => waiting.get(name)?.length ?? 0,
		put(name: Lane["name"], handle: string, messageIds: readonly number[], parts: Partial<LaneEntry> = {}) {
			const sendJob = { userName: "demo", operator: "kcell", priority: 0, messageIds } as const;
			const once: LaneEntry = { sendJob, kind: "first", entryId: handle, handle, receives: 1 };
			waiting.set(name, [...(waiting.get(name) ?? []), { ...once, ...parts }]);
		},
	};
}

type Answers = (text: string) => SubmitOutcome | Promise<SubmitOutcome>;

async function anOperatorSender(
	messages: readonly Message[],
	answers: Answers,
	parts: Partial<OperatorSenderOptions> = {},
	now: Clock = Date.now,
) {
	const store = memoryMessages(now);
	await store.insert(messages);
	const lanes = memoryLaneSource();
	const submitted: string[] = [];
	const pausedBatches = new Set<number>();
	const stores = {
		messages: store,
		reportBatches: memoryReportBatches(),
		submissions: memorySubmissions(),
		slots: memorySlots(),
		reports: memoryReports(),
		newReportBatchId: () => randomUUID() as string,
		now,
	};
	const openBind: OperatorSenderOptions["openBind"] = ({ onUp }): Bind => {
		queueMicrotask(onUp);
		return {
			bound: true,
			async submit({ short_message }) {
				const text = short_message.toString("latin1");
				submitted.push(text);
				return await answers(text);
			},
			renew: () => undefined,
			stop: async () => undefined,
		};
	};
	const open = () =>
		openOperatorSender({
			operator: "kcell",
			binds: 1,
			tps: 1_000,
			window: 10,
			openBind,
			isPaused: () => false,
			drainMs: 1_000,
			leaseDeps: leasingOfTask(),
			picking: { ...stores, isBatchPaused: (batchId) => pausedBatches.has(batchId) },
			recording: stores,
			source: lanes.source,
			visibilitySeconds: 30,
			log: memoryLog(),
			...parts,
		});
	return { ...stores, lanes, submitted, pausedBatches, open };
}

const someMessages = (...texts: readonly string[]) =>
	texts.map((text) => aMessage({ text, acceptedAt: Date.now(), expiresAt: Date.now() + 3_600_000 }));
const idsOf = (messages: readonly Message[]) => messages.map(({ messageId }) => messageId);
let given = 0;
const accepted = (): SubmitOutcome => ({ kind: "accepted", smscId: `smsc-${++given}` });

describe("an operator sender", () => {
	it("keeps the entry that holds a message when its work for an older entry of that message ends", async () => {
		const messages = someMessages("one");
		const [message] = messages;
		if (message === undefined) throw new Error("no message");
		const operatorSender = await anOperatorSender(
			messages,
			() => ({ kind: "throttled", commandStatus: 88 }) as unknown as SubmitOutcome,
		);
		const second = Promise.withResolvers<readonly LaneEntry[]>();
		const sendJob = { userName: "demo", operator: "kcell", priority: 0, messageIds: idsOf(messages) } as const;
		let polls = 0;
		const receive = operatorSender.lanes.source.receive;
		operatorSender.lanes.source.receive = async (lane, ...rest) => {
			if (lane.name !== "kcell-bulk") return await receive(lane, ...rest);
			polls += 1;
			if (polls === 1) return [{ sendJob, kind: "first", entryId: "e1", handle: "h1", receives: 1 }];
			if (polls === 2) return await second.promise;
			return await receive(lane, ...rest);
		};
		/* Another task claims the message with e2 before this one checks it again, stops, and gives e2 back while this one settles. */
		const readEach = operatorSender.messages.readEach;
		let reads = 0;
		operatorSender.messages.readEach = async (ids) => {
			reads += 1;
			if (reads !== 2) return await readEach(ids);
			operatorSender.messages.rows.set(message.messageId, { ...message, holder: "e2", revision: 2 });
			const seen = await readEach(ids);
			second.resolve([{ sendJob, kind: "again", entryId: "e2", handle: "h2", receives: 2 }]);
			await new Promise((resolve) => setTimeout(resolve, 50));
			return seen;
		};

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.lanes.deferred).toContain("h1"));
		await settled(stop());

		expect(operatorSender.messages.rows.get(message.messageId)).toMatchObject({ status: "NEW", holder: "e2" });
		expect(operatorSender.lanes.removed).not.toContain("h2");
	});

	it.each([
		["temporary", 8, "8"],
		["throttled", 88, "88"],
	] as const)(
		"ends a message whose SMSC refuses it until it expires with the code of that status: %s (A19)",
		async (kind, commandStatus, errorCode) => {
			const messages = someMessages("one").map((one) => ({ ...one, expiresAt: Date.now() + 2_500 }));
			const { lanes, open, messages: store } = await anOperatorSender(messages, () => ({ kind, commandStatus }));
			lanes.put("kcell-bulk", "handle", idsOf(messages));
			const opened = open();

			await until(() => expect(lanes.removed).toEqual(["handle"]));
			await settled(opened.stop());

			expect(store.rows.get(messages[0]?.messageId ?? 0)).toMatchObject({ status: "EXPIRED", errorCode });
		},
	);

	it("sends a message again that its SMSC refused for now, and takes it for no copy (A36)", async () => {
		const messages = someMessages("one");
		const answers: SubmitOutcome[] = [
			{ kind: "temporary", commandStatus: 8 },
			{ kind: "reconnect", commandStatus: 4 },
		];
		const {
			lanes,
			open,
			submitted,
			messages: store,
		} = await anOperatorSender(messages, () => answers.shift() ?? accepted());
		lanes.put("kcell-bulk", "handle", idsOf(messages));
		const opened = open();

		await until(() => expect(lanes.removed).toEqual(["handle"]));
		await settled(opened.stop());

		expect(submitted).toHaveLength(3);
		expect(store.rows.get(messages[0]?.messageId ?? 0)).toMatchObject({
			status: "SENT",
			retryCount: 0,
			repeated: null,
		});
	});

	it("keeps a redelivered entry while its message is in flight, since only this task may hold it", async () => {
		const messages = someMessages("one");
		const { promise, resolve } = Promise.withResolvers<SubmitOutcome>();
		const operatorSender = await anOperatorSender(messages, () => promise);
		operatorSender.lanes.put("kcell-bulk", "first handle", idsOf(messages), { entryId: "entry" });
		operatorSender.lanes.put("kcell-bulk", "second handle", idsOf(messages), { receives: 2, entryId: "entry" });
		const opened = operatorSender.open();
		await until(() => expect(operatorSender.lanes.left("kcell-bulk")).toBe(0));
		await until(() => expect(operatorSender.submitted).toEqual(["one"]));
		const early = [...operatorSender.lanes.removed];

		resolve(accepted());
		await until(() => expect(operatorSender.lanes.removed).toHaveLength(2));
		await settled(opened.stop());

		expect(early).toEqual([]);
		expect(new Set(operatorSender.lanes.removed)).toEqual(new Set(["first handle", "second handle"]));
		expect(operatorSender.submitted).toEqual(["one"]);
	});

	it("sends the messages of its lanes, records them, and only then deletes the entry", async () => {
		const messages = someMessages("one", "two");
		const operatorSender = await anOperatorSender(messages, accepted);
		operatorSender.lanes.put("kcell-bulk", "entry", idsOf(messages));

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.lanes.removed).toEqual(["entry"]));

		expect([...operatorSender.messages.rows.values()].map(({ status }) => status)).toEqual(["SENT", "SENT"]);
		expect(operatorSender.submissions.rows.size).toBe(2);
		expect(
			operatorSender.slots.kept.flatMap(({ action }) => (action.kind === "watch" ? action.messageIds : [])),
		).toHaveLength(2);
		await settled(stop());
		expect(operatorSender.lanes.givenBack).toEqual([]);
	});

	it("keeps the entry while one of its messages is not recorded", async () => {
		const messages = someMessages("one", "slow");
		const never = Promise.withResolvers<SubmitOutcome>();
		const operatorSender = await anOperatorSender(messages, (text) => (text === "slow" ? never.promise : accepted()));
		operatorSender.lanes.put("kcell-bulk", "entry", idsOf(messages));

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.submissions.rows.size).toBe(1));
		const early = [...operatorSender.lanes.removed];
		never.resolve(accepted());
		await until(() => expect(operatorSender.lanes.removed).toEqual(["entry"]));

		expect(early).toEqual([]);
		await settled(stop());
	});

	it("sends a message that two entries name once, and settles both", async () => {
		const messages = someMessages("once");
		const operatorSender = await anOperatorSender(messages, accepted);
		operatorSender.lanes.put("kcell-urgent", "first", idsOf(messages));
		operatorSender.lanes.put("kcell-urgent", "second", idsOf(messages));

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.lanes.removed.toSorted()).toEqual(["first", "second"]));

		expect(operatorSender.submitted).toEqual(["once"]);
		await settled(stop());
	});

	it("deletes an entry of submitted, expired or missing messages at once, and reports the expired ones", async () => {
		const [sent, expired] = someMessages("sent", "expired") as [Message, Message];
		const rows = [
			{ ...sent, status: "SENT" as const },
			{ ...expired, expiresAt: Date.now() - 1 },
		];
		const operatorSender = await anOperatorSender(rows, accepted);
		operatorSender.lanes.put("kcell-bulk", "entry", [...idsOf(rows), 404]);

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.lanes.removed).toEqual(["entry"]));

		expect(operatorSender.submitted).toEqual([]);
		expect(operatorSender.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[expired.messageId]]);
		await settled(stop());
	});

	it("loses no report of an expired message when the report queue was unavailable at the first check", async () => {
		const [expired] = someMessages("expired") as [Message];
		const operatorSender = await anOperatorSender([{ ...expired, expiresAt: Date.now() - 1 }], accepted);
		let failing = true;
		const send = operatorSender.reports.send;
		operatorSender.reports.send = async (reportBatches) => {
			if (failing) {
				failing = false;
				throw new Error("the queue is unavailable");
			}
			await send(reportBatches);
		};
		operatorSender.lanes.put("kcell-bulk", "entry", [expired.messageId]);

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.lanes.removed).toEqual(["entry"]));

		expect(operatorSender.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[expired.messageId]]);
		await settled(stop());
	});

	it("sends messages while others of their entry cannot be parked, and keeps the entry until they are (A15)", async () => {
		const eveningAt = instantFromAlmatyText("2026-11-24 18:00:00") ?? expect.fail();
		const full = aMessage({ text: "full", expiresAt: eveningAt + 86_400_000 });
		const outsideWindow = aMessage({ text: "outsideWindow", expiresAt: eveningAt + 86_400_000, timeBounds: "def" });
		const operatorSender = await anOperatorSender([outsideWindow, full], accepted, {}, stoppedClock(eveningAt));
		const parking = Promise.withResolvers<void>();
		const put = operatorSender.slots.put;
		operatorSender.slots.put = async (rows) => {
			if (rows.some(({ action }) => action.kind === "release")) await parking.promise;
			await put(rows);
		};
		operatorSender.lanes.put("kcell-bulk", "entry", idsOf([outsideWindow, full]));

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.messages.rows.get(full.messageId)?.status).toBe("SENT"));
		const early = [...operatorSender.lanes.removed];
		parking.resolve();
		await until(() => expect(operatorSender.lanes.removed).toEqual(["entry"]));

		expect([early, operatorSender.submitted]).toEqual([[], ["full"]]);
		await settled(stop());
	});

	it("sets messages aside whose batch is paused while they wait for the bind, and lets others pass (A52)", async () => {
		const answer = Promise.withResolvers<SubmitOutcome>();
		const [first, ...others] = someMessages("first", "paused", "passes");
		const messages = [first, ...others].map((message, index) => ({ ...aMessage(), ...message, batchId: 5 + index }));
		const operatorSender = await anOperatorSender(
			messages,
			(text) => (text === "first" ? answer.promise : accepted()),
			{
				window: 1,
			},
		);
		const [, paused] = messages;
		operatorSender.lanes.put("kcell-bulk", "entry", idsOf(messages));

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.submitted).toEqual(["first"]));
		operatorSender.pausedBatches.add(6);
		answer.resolve(accepted());
		await until(() => expect(operatorSender.lanes.removed).toEqual(["entry"]));

		expect(operatorSender.submitted).toEqual(["first", "passes"]);
		expect(operatorSender.slots.kept.map(({ action }) => action)).toContainEqual(
			expect.objectContaining({
				kind: "release",
				sendJob: expect.objectContaining({ messageIds: [paused?.messageId] }),
			}),
		);
		expect(operatorSender.messages.rows.get(paused?.messageId ?? 0)?.pausedAt).not.toBeNull();
		await settled(stop());
	});

	it("parks ready messages when their time window closes, in rows of 25, and sends none of them (A14)", async () => {
		const clock = stoppedClock((instantFromAlmatyText("2026-11-24 18:00:00") ?? expect.fail()) - 1);
		const expiresAt = clock() + 86_400_000;
		const first = aMessage({ text: "first", expiresAt });
		const outsideWindow = Array.from({ length: 30 }, () =>
			aMessage({ text: "outsideWindow", timeBounds: "def", expiresAt }),
		);
		const answer = Promise.withResolvers<SubmitOutcome>();
		const operatorSender = await anOperatorSender(
			[first, ...outsideWindow],
			() => answer.promise,
			{ window: 1 },
			clock,
		);
		const reads = vi.spyOn(operatorSender.messages, "readEach");
		operatorSender.lanes.put("kcell-bulk", "first", [first.messageId]);
		operatorSender.lanes.put("kcell-bulk", "outsideWindow", idsOf(outsideWindow));

		const { stop } = operatorSender.open();
		await until(() => expect([operatorSender.submitted, reads.mock.calls.length]).toEqual([["first"], 1]));
		clock.advance(1);
		answer.resolve(accepted());
		await until(() => expect(operatorSender.lanes.removed.toSorted()).toEqual(["first", "outsideWindow"]));

		const parked = operatorSender.slots.kept.flatMap(({ action }) =>
			action.kind === "release" ? [action.sendJob.messageIds] : [],
		);
		expect(parked.map(({ length }) => length)).toEqual([25, 5]);
		expect(operatorSender.submitted).toEqual(["first"]);
		expect(reads.mock.calls.length).toBe(2);
		await settled(stop());
	});

	it("sends a message that waits for a claim when its wait is over, even if another message of its entry is stuck", async () => {
		const [waits, stuck] = someMessages("waits", "stuck") as [Message, Message];
		const rows = [
			{ ...waits, holder: "entry", waitsUntil: Date.now() + 4_000, revision: 1 },
			{ ...stuck, holder: "entry", revision: 1 },
		];
		const never = Promise.withResolvers<SubmitOutcome>();
		const operatorSender = await anOperatorSender(rows, (text) => (text === "stuck" ? never.promise : accepted()));
		operatorSender.lanes.put("kcell-bulk", "entry", idsOf(rows), { kind: "again" });

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.messages.rows.get(waits.messageId)?.status).toBe("SENT"));
		const sent = operatorSender.messages.rows.get(waits.messageId)?.sentAt ?? 0;

		expect(sent).toBeGreaterThanOrEqual(rows[0]?.waitsUntil ?? Number.NaN);
		expect([operatorSender.lanes.removed, operatorSender.lanes.deferred]).toEqual([[], []]);
		never.resolve(accepted());
		await settled(stop());
	});

	it("reads no lane of another operator", async () => {
		const messages = someMessages("theirs");
		const operatorSender = await anOperatorSender(messages, accepted);
		operatorSender.lanes.put("tele2-bulk", "theirs", idsOf(messages));
		const [ours] = someMessages("ours") as [Message];
		await operatorSender.messages.insert([ours]);
		operatorSender.lanes.put("kcell-bulk", "ours", [ours.messageId]);

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.lanes.removed).toEqual(["ours"]));

		expect(operatorSender.submitted).toEqual(["ours"]);
		await settled(stop());
	});

	it("gives back what it could not send when it stops", async () => {
		const messages = someMessages("never answered in time");
		const operatorSender = await anOperatorSender(messages, () => ({ kind: "throttled", commandStatus: 0x58 }));
		operatorSender.lanes.put("kcell-bulk", "entry", idsOf(messages));

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.submitted).toHaveLength(1));
		await settled(stop());

		expect([operatorSender.lanes.givenBack, operatorSender.lanes.removed]).toEqual([["entry"], []]);
		expect(operatorSender.messages.rows.get(messages[0]?.messageId ?? 0)?.status).toBe("NEW");
	});

	it("records an answer that comes while it stops, and deletes the entry", async () => {
		const messages = someMessages("late");
		const late = Promise.withResolvers<SubmitOutcome>();
		const operatorSender = await anOperatorSender(messages, () => late.promise);
		operatorSender.lanes.put("kcell-bulk", "entry", idsOf(messages));
		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.submitted).toHaveLength(1));

		const stopping = stop();
		late.resolve(accepted());
		await settled(stopping);

		expect([operatorSender.lanes.removed, operatorSender.lanes.givenBack]).toEqual([["entry"], []]);
		expect(operatorSender.messages.rows.get(messages[0]?.messageId ?? 0)?.status).toBe("SENT");
	});

	/** The number of each submitted segment, read from its header. */
	const segmentNumbers = (submitted: readonly string[]) => submitted.map((text) => text.charCodeAt(5));

	it("continues a long message where it stopped, and records its progress first", async () => {
		const messages = someMessages("x".repeat(400));
		const [{ messageId }] = messages as [Message];
		const rowsAtSubmit: unknown[] = [];
		const operatorSender = await anOperatorSender(messages, () => {
			const row = operatorSender.messages.rows.get(messageId);
			rowsAtSubmit.push([row?.status, row?.segments.length]);
			return operatorSender.submitted.length === 2 ? { kind: "unsent" } : accepted();
		});
		operatorSender.lanes.put("kcell-bulk", "entry", [messageId]);

		const { stop } = operatorSender.open();
		await until(() => expect(operatorSender.lanes.removed).toEqual(["entry"]));
		await settled(stop());

		expect(segmentNumbers(operatorSender.submitted)).toEqual([1, 2, 2, 3]);
		expect(rowsAtSubmit).toEqual([
			["NEW", 0],
			["NEW", 0],
			["NEW", 1],
			["NEW", 1],
		]);
		expect(operatorSender.messages.rows.get(messageId)).toMatchObject({ status: "SENT", segments: { length: 3 } });
		expect([...operatorSender.submissions.rows.values()].map(({ segmentIndex }) => segmentIndex)).toEqual([0, 1, 2]);
	});

	it("leaves a partly sent message with its entry to another task, which sends only the missing segments", async () => {
		const messages = someMessages("x".repeat(400));
		const [{ messageId }] = messages as [Message];
		const operatorSender = await anOperatorSender(messages, () =>
			operatorSender.submitted.length === 2 ? { kind: "throttled", commandStatus: 0x58 } : accepted(),
		);
		operatorSender.lanes.put("kcell-bulk", "entry", [messageId]);
		const first = operatorSender.open();
		await until(() => expect(operatorSender.messages.rows.get(messageId)?.segments).toHaveLength(1));
		await settled(first.stop());
		const givenBack = [...operatorSender.lanes.givenBack];

		operatorSender.lanes.put("kcell-bulk", "again", [messageId], { receives: 2, entryId: "entry" });
		const second = operatorSender.open();
		await until(() => expect(operatorSender.lanes.removed).toEqual(["again"]));
		await settled(second.stop());

		expect(givenBack).toEqual(["entry"]);
		expect(segmentNumbers(operatorSender.submitted)).toEqual([1, 2, 2, 3]);
		expect(operatorSender.messages.rows.get(messageId)).toMatchObject({ status: "SENT", segments: { length: 3 } });
	});

	it("ends a message with code 18 when the task before it got no answer for it (A19)", async () => {
		const clock = stoppedClock();
		const message = aMessage({ text: "timed_out", acceptedAt: clock(), expiresAt: clock() + 60_000 });
		const operatorSender = await anOperatorSender([message], () => ({ kind: "unknown" }), {}, clock);
		operatorSender.lanes.put("kcell-bulk", "entry", [message.messageId]);
		const first = operatorSender.open();
		await until(() => expect(operatorSender.messages.rows.get(message.messageId)?.retryCount).toBe(1));
		await settled(first.stop());
		clock.advance(60_000);

		operatorSender.lanes.put("kcell-bulk", "again", [message.messageId], { receives: 2, entryId: "entry" });
		const second = operatorSender.open();
		await until(() => expect(operatorSender.lanes.removed).toEqual(["again"]));
		await settled(second.stop());

		expect(operatorSender.messages.rows.get(message.messageId)).toMatchObject({ status: "EXPIRED", errorCode: "18" });
	});

	const jobOf = (messageId: number) => {
		return { userName: "demo", operator: "kcell", priority: 0, messageIds: [messageId] } as const;
	};

	it("submits a message at once when its first entry comes while its again entry waits for a busy bind", async () => {
		const [blocker, wanted] = someMessages("blocker", "wanted");
		if (blocker === undefined || wanted === undefined) throw new Error("no message");
		const blocked = Promise.withResolvers<SubmitOutcome>();
		const answer = (text: string) => (text === "blocker" ? blocked.promise : accepted());
		const operatorSender = await anOperatorSender([blocker, { ...wanted, revision: 1 }], answer, { window: 1 });
		const entries = [
			{ sendJob: jobOf(blocker.messageId), kind: "first", entryId: "e0", handle: "h0", receives: 1 },
			{ sendJob: jobOf(wanted.messageId), kind: "again", entryId: "eA", handle: "hA", receives: 1 },
			{ sendJob: jobOf(wanted.messageId), kind: "first", entryId: "eF", handle: "hF", receives: 1 },
		] as const;
		const { receive } = operatorSender.lanes.source;
		let received = 0;
		operatorSender.lanes.source.receive = async (lane, ...rest) => {
			const entry = lane.name === "kcell-bulk" ? entries[received] : undefined;
			if (entry === undefined) return await receive(lane, ...rest);
			received += 1;
			await new Promise((resolve) => setTimeout(resolve, 100));
			return [entry];
		};
		const sender = operatorSender.open();
		await vi.advanceTimersByTimeAsync(2_000);
		blocked.resolve(await accepted());
		await vi.advanceTimersByTimeAsync(2_000);

		expect(operatorSender.submitted).toEqual(["blocker", "wanted"]);
		expect(operatorSender.lanes.deferred).toEqual([]);
		void sender.stop();
	});

	it("starts a half-sent message over when changed settings of the SMSC cut it into fewer parts", async () => {
		const taken = { smscId: "a", status: "SENT", statusAt: 0, errorCode: null } as const;
		const [begun] = someMessages("x".repeat(400));
		if (begun === undefined) throw new Error("no message");
		const message = { ...begun, segmentCount: 3, segments: [taken], holder: "e0", revision: 2 };
		const style = { ...defaultSubmitStyle, long_messages: "payload" as const };
		const operatorSender = await anOperatorSender([message], accepted, { style });
		const { receive } = operatorSender.lanes.source;
		let receives = 1;
		operatorSender.lanes.source.receive = async (lane, ...rest) => {
			if (lane.name !== "kcell-bulk" || receives > 5) return await receive(lane, ...rest);
			receives += 1;
			await new Promise((resolve) => setTimeout(resolve, 100));
			return [{ sendJob: jobOf(message.messageId), kind: "first", entryId: "e0", handle: `h${receives}`, receives }];
		};
		const sender = operatorSender.open();
		await vi.advanceTimersByTimeAsync(10_000);

		expect(operatorSender.submitted).toHaveLength(1);
		const row = operatorSender.messages.rows.get(message.messageId);
		expect([row?.status, row?.segments.length]).toEqual(["SENT", 1]);
		void sender.stop();
	});
});
