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
const away = async () => Promise.reject(new Error("it is away"));

describe("recording submissions", () => {
	it("writes what the SMSC's ids stand for, the message, and who will look after it", async () => {
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

	it("writes the message last: what is SENT has its ids and its watch, whoever passes over it then", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const steps: string[] = [];
		const noted =
			<Arguments extends readonly unknown[], Value>(step: string, call: (...args: Arguments) => Promise<Value>) =>
			async (...args: Arguments) => {
				const value = await call(...args);
				steps.push(step);
				return value;
			};

		await recordSubmissions(
			{
				...deps,
				submissions: { put: noted("ids", deps.submissions.put) },
				messages: { ...deps.messages, change: noted("messages", deps.messages.change) },
				slots: { ...deps.slots, put: noted("watch", deps.slots.put) },
			},
			"kcell",
			[submittedAs(message)],
		);

		expect(steps.toSorted()).toEqual(["ids", "messages", "watch"]);
		expect(steps.at(-1)).toBe("messages");
	});

	it("leaves the message as it was where its ids or its watch could not be written", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const all = [submittedAs(message)];

		const withoutIds = recordSubmissions({ ...deps, submissions: { put: away } }, "kcell", all);
		const unwatched = recordSubmissions({ ...deps, slots: { ...deps.slots, put: away } }, "kcell", all);

		await expect(withoutIds).rejects.toThrow("away");
		await expect(unwatched).rejects.toThrow("away");
		expect(deps.messages.rows.get(message.messageId)).toEqual(message);
	});

	it("may be done again, and changes nothing twice", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const all = [submittedAs(message, { resends: 1 })];
		await recordSubmissions({ ...deps, slots: { ...deps.slots, put: away } }, "kcell", all).catch(() => undefined);

		await recordSubmissions(deps, "kcell", all);
		await recordSubmissions(deps, "kcell", all);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "SENT", retryCount: 1, revision: 1 });
		expect(deps.submissions.rows.size).toBe(1);
		expect(deps.reports.sent).toEqual([]);
	});

	it("ends and reports what was refused, and has nobody look after it", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);

		await recordSubmissions(deps, "kcell", [submittedAs(message, { refusal })]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "REJECTED", errorCode: "88" });
		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
		expect(deps.slots.kept).toEqual([]);
		expect([...deps.submissions.rows.keys()]).toEqual(["kcell#7010000000#a"]);
	});

	it("loses no report of a refusal when the queue was away at the first go", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		const all = [submittedAs(message, { smscIds: [], refusal })];
		await recordSubmissions({ ...deps, reports: { send: away } }, "kcell", all).catch(() => undefined);

		await recordSubmissions(deps, "kcell", all);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});

	it("loses no report of SENT when the queue was away at the first go (A34)", async () => {
		const message = aMessage({ wantsInterimReports: true });
		const deps = await someDeps(message);
		const all = [submittedAs(message)];
		await recordSubmissions({ ...deps, reports: { send: away } }, "kcell", all).catch(() => undefined);

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
			return await away();
		};
		const all = [submittedAs(message)];
		await recordSubmissions({ ...deps, messages: { ...deps.messages, change } }, "kcell", all).catch(() => undefined);

		await recordSubmissions(deps, "kcell", all);

		expect(deps.reports.sent.map(({ interim }) => interim?.status)).toEqual(["SENT"]);
	});

	it("reports the SENT that another task recorded, which may have died before that; not where it is confirmed (A34)", async () => {
		const [owed, confirmed] = [aMessage({ wantsInterimReports: true }), aMessage({ wantsInterimReports: true })];
		const deps = await someDeps(owed, confirmed);
		const all = [submittedAs(owed), submittedAs(confirmed)];
		await recordSubmissions({ ...deps, reports: { send: away } }, "kcell", all).catch(() => undefined);
		const reportBatchId = deps.messages.rows.get(owed.messageId)?.sentReportBatchId ?? expect.fail();
		await deps.reportBatches.confirm({ reportBatchId, userName: "demo", messageIds: [confirmed.messageId] }, 0, 0);

		await recordSubmissions(deps, "kcell", [
			submittedAs(owed, { smscIds: ["other"] }),
			submittedAs(confirmed, { smscIds: ["another"] }),
		]);

		expect(deps.reports.sent.map((reportBatch) => [reportBatch.reportBatchId, reportBatch.messageIds])).toEqual([
			[reportBatchId, [owed.messageId]],
		]);
	});

	it("asks nobody what was confirmed while all goes well (A34)", async () => {
		const message = aMessage({ wantsInterimReports: true });
		const deps = await someDeps(message);
		const confirmed = vi.spyOn(deps.reportBatches, "confirmed");
		const read = vi.spyOn(deps.messages, "read");

		await recordSubmissions(deps, "kcell", [submittedAs(message)]);

		expect([confirmed.mock.calls, read.mock.calls, deps.reports.sent.length]).toEqual([[], [], 1]);
	});

	it("changes nothing in a message that ended meanwhile", async () => {
		const message = aMessage();
		const deps = await someDeps(message);
		deps.messages.rows.set(message.messageId, { ...message, status: "EXPIRED", reportBatchId: null, revision: 1 });

		await recordSubmissions(deps, "kcell", [submittedAs(message)]);

		expect(deps.messages.rows.get(message.messageId)?.status).toBe("EXPIRED");
	});

	it("writes no id where the SMSC gave none, for its receipt could not be told from another's", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);

		await recordSubmissions(deps, "kcell", [submittedAs(message, { smscIds: ["", "b"] })]);

		expect([...deps.submissions.rows.values()].map(({ ref, segmentIndex }) => [ref, segmentIndex])).toEqual([
			["kcell#7010000000#b", 1],
		]);
		expect(deps.messages.rows.get(message.messageId)?.segments).toHaveLength(2);
	});
});

describe("recording a message whose hand-over stopped half-way", () => {
	const progress = { smscIds: ["a"], sentAt: mondayAtEleven + 1_000, resends: 1, repeats: 0 };
	const halfSent = (message: Message): Interrupted => ({ message, progress, entryIds: ["its entry"] });

	it("writes how far it came, and leaves it NEW, with no watch: its lane entry still holds it", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);

		await recordInterrupted(deps, [halfSent(message)], mondayAtEleven + 2_000);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({
			status: "NEW",
			sentAt: progress.sentAt,
			confirmedAt: null,
			retryCount: 1,
			segments: [{ smscId: "a", status: "SENT" }],
		});
		expect([deps.slots.kept, deps.reports.sent]).toEqual([[], []]);
	});

	it("may be done again, and counts no resend twice", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);
		const all = [halfSent(message)];

		await recordInterrupted(deps, all, mondayAtEleven);
		await recordInterrupted(deps, all, mondayAtEleven);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ retryCount: 1, revision: 1 });
	});

	it("keeps what was taken when the rest follows, whatever came for it meanwhile", async () => {
		const message = aMessage({ segmentCount: 2 });
		const deps = await someDeps(message);
		await recordSegments(deps.submissions, "kcell", [
			{ message, segmentIndex: 0, parts: 2, smscId: "a", submittedAt: 1 },
		]);
		await recordInterrupted(deps, [halfSent(message)], mondayAtEleven);
		const half = deps.messages.rows.get(message.messageId) ?? expect.fail();
		const told = half.segments.map((segment) => ({ ...segment, status: "DELIVERED" as const }));
		deps.messages.rows.set(message.messageId, { ...half, segments: told, revision: 2 });

		await recordSubmissions(deps, "kcell", [submittedAs(half, { smscIds: ["a", "b"], resends: 1 }, 1)]);

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
