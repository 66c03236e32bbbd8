import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import type { Submission } from "#shared/domain/message/message-transitions.ts";
import { slotAt } from "#shared/domain/schedule/slots.ts";
import {
	type Interrupted,
	recordInterrupted,
	recordSegments,
	recordSubmissions,
	type Submitted,
} from "#shared/usecases/send/record-submissions.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import {
	memoryReportBatches,
	memoryReports,
	memorySlots,
	memorySubmissions,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";

async function someDeps(...messages: readonly Message[]) {
	const now = stoppedClock();
	const store = memoryMessages(now);
	await store.insert(messages);
	return {
		messages: store,
		submissions: memorySubmissions(now),
		slots: memorySlots(),
		reports: memoryReports(),
		reportBatches: memoryReportBatches(),
		newReportBatchId: () => randomUUID() as string,
	};
}

function aSubmission(parts: Partial<Submission> = {}): Submission {
	const sentAt = mondayAtEleven + 1_000;
	return { smscIds: ["a"], sentAt, confirmedAt: sentAt + 20, resends: 0, refusal: null, ...parts };
}
function submittedAs(message: Message, parts: Partial<Submission> = {}, segmentsWritten = 0): Submitted {
	return { message, submission: aSubmission(parts), parts: message.segmentCount, segmentsWritten };
}
const refusal = { status: "REJECTED", errorCode: "88", at: mondayAtEleven + 1_020 } as const;
const failing = async () => Promise.reject(new Error("it is unavailable"));

describe("recording submissions", () => {
	it("writes the SMSC's ids, the message, and its watch row", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);

		await recordSubmissions(deps, "kcell", [submittedAs(message, { smscIds: ["a", "b"] })]);

		const { messageId, recipient, expiresAt } = message;
		const keepUntil = expiresAt + 72 * 3_600_000;
		const common = { messageId, parts: 2, recipient, submittedAt: mondayAtEleven + 1_000, keepUntil };
		expect([...deps.submissions.rows.values()]).toEqual([
			{ ...common, ref: "kcell#7010000000#a", segmentIndex: 0 },
			{ ...common, ref: "kcell#7010000000#b", segmentIndex: 1 },
		]);
		expect(deps.messages.rows.get(messageId)).toMatchObject({ status: "SENT", revision: 1 });
		expect(deps.slots.kept).toMatchObject([
			{ slot: slotAt(expiresAt + 3_600_000), action: { kind: "watch", messageIds: [messageId] } },
		]);
	});

	it("writes the message last: a SENT message always has its ids and its watch row", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const steps: string[] = [];
		const recorded =
			<Arguments extends readonly unknown[], Value>(step: string, call: (...args: Arguments) => Promise<Value>) =>
			async (...args: Arguments) => {
				const value = await call(...args);
				steps.push(step);
				return value;
			};

		await recordSubmissions(
			{
				...deps,
				submissions: { put: recorded("ids", deps.submissions.put) },
				messages: { ...deps.messages, change: recorded("messages", deps.messages.change) },
				slots: { ...deps.slots, put: recorded("watch", deps.slots.put) },
			},
			"kcell",
			[submittedAs(message)],
		);

		expect(steps.toSorted()).toEqual(["ids", "messages", "watch"]);
		expect(steps.at(-1)).toBe("messages");
	});

	it("leaves the message as it was when its ids or its watch row could not be written", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const all = [submittedAs(message)];

		const withoutIds = recordSubmissions({ ...deps, submissions: { put: failing } }, "kcell", all);
		const withoutWatch = recordSubmissions({ ...deps, slots: { ...deps.slots, put: failing } }, "kcell", all);

		await expect(withoutIds).rejects.toThrow("unavailable");
		await expect(withoutWatch).rejects.toThrow("unavailable");
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it("may be repeated, and changes nothing twice", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const all = [submittedAs(message, { resends: 1 })];
		await recordSubmissions({ ...deps, slots: { ...deps.slots, put: failing } }, "kcell", all).catch(() => undefined);

		await recordSubmissions(deps, "kcell", all);
		await recordSubmissions(deps, "kcell", all);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "SENT", retryCount: 1, revision: 1 });
		expect(deps.submissions.rows.size).toBe(1);
		expect(deps.reports.sent).toEqual([]);
	});

	it("ends and reports a refused message, without a watch row", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);

		await recordSubmissions(deps, "kcell", [submittedAs(message, { refusal })]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "REJECTED", errorCode: "88" });
		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
		expect(deps.slots.kept).toEqual([]);
		expect([...deps.submissions.rows.keys()]).toEqual(["kcell#7010000000#a"]);
	});

	it("loses no report of a refusal when the queue was unavailable at first", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const all = [submittedAs(message, { smscIds: [], refusal })];
		await recordSubmissions({ ...deps, reports: { send: failing } }, "kcell", all).catch(() => undefined);

		await recordSubmissions(deps, "kcell", all);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});

	it("loses no report of SENT when the queue was unavailable at first (A34)", async () => {
		const message = aMessage({ wantsInterimReports: true });
		const deps = await someDeps(message);
		const all = [submittedAs(message)];
		await recordSubmissions({ ...deps, reports: { send: failing } }, "kcell", all).catch(() => undefined);

		await recordSubmissions(deps, "kcell", all);

		const reportBatchId = deps.messages.rows.get(message.messageId)?.sentReportBatchId;
		const interim = { status: "SENT", at: aSubmission().confirmedAt };
		expect(deps.reports.sent).toEqual([{ reportBatchId, userName: "demo", messageIds: [message.messageId], interim }]);
	});

	it("loses no report of SENT when every answer of the change was lost (A34)", async () => {
		const message = aMessage({ wantsInterimReports: true });
		const deps = await someDeps(message);
		const change: typeof deps.messages.change = async (wanted) => {
			await deps.messages.change(wanted);
			return await failing();
		};
		const all = [submittedAs(message)];
		await recordSubmissions({ ...deps, messages: { ...deps.messages, change } }, "kcell", all).catch(() => undefined);

		await recordSubmissions(deps, "kcell", all);

		expect(deps.reports.sent.map(({ interim }) => interim?.status)).toEqual(["SENT"]);
	});

	it("reports a SENT of another task that may have died before its report, unless it is confirmed (A34)", async () => {
		const [unconfirmed, confirmed] = [aMessage({ wantsInterimReports: true }), aMessage({ wantsInterimReports: true })];
		const deps = await someDeps(unconfirmed, confirmed);
		const all = [submittedAs(unconfirmed), submittedAs(confirmed)];
		await recordSubmissions({ ...deps, reports: { send: failing } }, "kcell", all).catch(() => undefined);
		const reportBatchId = deps.messages.rows.get(unconfirmed.messageId)?.sentReportBatchId ?? expect.fail();
		await deps.reportBatches.confirm({ reportBatchId, userName: "demo", messageIds: [confirmed.messageId] }, 0, 0);

		await recordSubmissions(deps, "kcell", [
			submittedAs(unconfirmed, { smscIds: ["other"] }),
			submittedAs(confirmed, { smscIds: ["another"] }),
		]);

		expect(deps.reports.sent.map((reportBatch) => [reportBatch.reportBatchId, reportBatch.messageIds])).toEqual([
			[reportBatchId, [unconfirmed.messageId]],
		]);
	});

	it("reads no confirmations while nothing fails (A34)", async () => {
		const message = aMessage({ wantsInterimReports: true });
		const deps = await someDeps(message);
		const confirmed = vi.spyOn(deps.reportBatches, "confirmed");
		const read = vi.spyOn(deps.messages, "read");

		await recordSubmissions(deps, "kcell", [submittedAs(message)]);

		expect([confirmed.mock.calls, read.mock.calls, deps.reports.sent.length]).toEqual([[], [], 1]);
	});

	it("does not change a message that ended in the meantime", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		deps.messages.rows.set(message.messageId, { ...message, status: "EXPIRED", reportBatchId: null, revision: 1 });

		await recordSubmissions(deps, "kcell", [submittedAs(message)]);

		expect(deps.messages.rows.get(message.messageId)?.status).toBe("EXPIRED");
	});

	it("writes no id when the SMSC gave none, since its receipt could not be matched", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);

		await recordSubmissions(deps, "kcell", [submittedAs(message, { smscIds: ["", "b"] })]);

		expect([...deps.submissions.rows.values()].map(({ ref, segmentIndex }) => [ref, segmentIndex])).toEqual([
			["kcell#7010000000#b", 1],
		]);
		expect(deps.messages.rows.get(message.messageId)?.segments).toHaveLength(2);
	});
});

describe("recording a partly sent message", () => {
	const progress = { smscIds: ["a"], sentAt: mondayAtEleven + 1_000, resends: 1, repeats: 0 };
	const interruptedAfterOne = (message: Message): Interrupted => ({ message, progress, entryIds: ["its entry"] });

	it("writes its progress, and leaves it NEW without a watch row: its lane entry still holds it", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);

		await recordInterrupted(deps, [interruptedAfterOne(message)], mondayAtEleven + 2_000);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({
			status: "NEW",
			sentAt: progress.sentAt,
			confirmedAt: null,
			retryCount: 1,
			segments: [{ smscId: "a", status: "SENT" }],
		});
		expect([deps.slots.kept, deps.reports.sent]).toEqual([[], []]);
	});

	it("may be repeated, and counts no resend twice", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);
		const all = [interruptedAfterOne(message)];

		await recordInterrupted(deps, all, mondayAtEleven);
		await recordInterrupted(deps, all, mondayAtEleven);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ retryCount: 1, revision: 1 });
	});

	it("keeps the segments' receipts that came before the rest was sent", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);
		await recordSegments(deps.submissions, "kcell", [
			{ message, segmentIndex: 0, parts: 2, smscId: "a", submittedAt: 1 },
		]);
		await recordInterrupted(deps, [interruptedAfterOne(message)], mondayAtEleven);
		const partlySent = deps.messages.rows.get(message.messageId) ?? expect.fail();
		const deliveredSegments = partlySent.segments.map((segment) => ({ ...segment, status: "DELIVERED" as const }));
		deps.messages.rows.set(message.messageId, { ...partlySent, segments: deliveredSegments, revision: 2 });

		await recordSubmissions(deps, "kcell", [submittedAs(partlySent, { smscIds: ["a", "b"], resends: 1 }, 1)]);

		const row = deps.messages.rows.get(message.messageId);
		expect(row?.segments.map(({ smscId, status }) => [smscId, status])).toEqual([
			["a", "DELIVERED"],
			["b", "SENT"],
		]);
		expect(row).toMatchObject({ status: "SENT", retryCount: 1 });
	});

	it("writes the row of each segment's id once, in whatever call", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);
		const put = vi.spyOn(deps.submissions, "put");

		await recordSegments(deps.submissions, "kcell", [
			{ message, segmentIndex: 0, parts: 2, smscId: "a", submittedAt: 1 },
		]);
		await recordSubmissions(deps, "kcell", [submittedAs(message, { smscIds: ["a", "b"] }, 1)]);

		const written = put.mock.calls.flatMap(([rows]) => rows.map(({ segmentIndex }) => segmentIndex));
		expect(written).toEqual([0, 1]);
	});
});
