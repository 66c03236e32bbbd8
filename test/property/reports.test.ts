import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { isFinal } from "#shared/domain/message/statuses.ts";
import type { MessageStore } from "#shared/usecases/message/message-store.ts";
import { applyReceipts } from "#shared/usecases/receipts/apply-receipts.ts";
import type { ReceiptBatch } from "#shared/usecases/receipts/receipt-queue.ts";
import type { ReportQueue } from "#shared/usecases/reports/report-queue.ts";
import { pickUpMessages, settleOthers } from "#shared/usecases/send/pick-up-messages.ts";
import { recordSubmissions } from "#shared/usecases/send/record-submissions.ts";
import { aMessage, aReceipt, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import { learntForms, memoryLog, memoryReceipts, memorySubmissions } from "#test/fakes/memory-stores.ts";

/** The outcome of one call: done or not, answered or not. `repeated` is the SDK's own second attempt. */
const callOutcomes = ["answered", "answered", "answered", "not_done", "unanswered", "repeated"] as const;
type CallOutcome = (typeof callOutcomes)[number];

/** What a process does when a step fails: it tries again itself, or it dies and another process receives the entry. */
type Plan = { readonly calls: readonly CallOutcome[]; readonly dies: boolean };

const plan = fc.record({ calls: fc.array(fc.constantFrom(...callOutcomes), { maxLength: 6 }), dies: fc.boolean() });
const states = fc.subarray(["ENROUTE", "DELIVRD"] as const);

/** Calls with the planned outcomes in turn, then only successful ones. The scheduler decides which process continues. */
function withOutcomes(scheduler: fc.Scheduler, { calls }: Plan) {
	const left = [...calls];
	const step = async () => await scheduler.schedule(Promise.resolve());
	return async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
		await step();
		const outcome = left.shift();
		if (outcome === "not_done") throw new Error("not done");
		const answer = await call();
		await step();
		if (outcome === "unanswered") throw new Error("unanswered");
		return outcome === "repeated" ? await call() : answer;
	};
}

async function aStoredMessage(message: Message) {
	const gateway = await aGatewayWith([message], mondayAtEleven);
	return {
		...gateway,
		submissions: memorySubmissions(gateway.now),
		receipts: memoryReceipts(),
		deadLetters: memoryReceipts(),
		receiptForms: learntForms(),
		log: memoryLog(),
	};
}
type StoredMessage = Awaited<ReturnType<typeof aStoredMessage>>;

function dependenciesOf(stored: StoredMessage, withOutcome: ReturnType<typeof withOutcomes>) {
	const messages: MessageStore = {
		...stored.messages,
		read: async (ids) => await withOutcome(async () => await stored.messages.read(ids)),
		change: async (wanted) => await withOutcome(async () => await stored.messages.change(wanted)),
	};
	const reports: ReportQueue = {
		send: async (reportBatches) =>
			reportBatches.length === 0 ? undefined : await withOutcome(async () => await stored.reports.send(reportBatches)),
	};
	return { ...stored, messages, reports, newReportBatchId: () => randomUUID() as string };
}

async function untilDone(step: (again: boolean) => Promise<void>): Promise<void> {
	for (let again = false; ; again = true) {
		try {
			return await step(again);
		} catch {
			/* The next attempt is another call, with its own outcome. */
		}
	}
}

/** Sends the message and records it. If the process dies, the lane entry is received again. */
async function send(stored: StoredMessage, message: Message, scheduler: fc.Scheduler, of: Plan): Promise<void> {
	const seen = dependenciesOf(stored, withOutcomes(scheduler, of));
	const record = async (row: Message, smscId: string) => {
		const submission = { smscIds: [smscId], sentAt: 1, confirmedAt: 2, resends: 0, refusal: null };
		await recordSubmissions(seen, "kcell", [{ message: row, submission, parts: 1, segmentsWritten: 0 }]);
	};
	if (!of.dies) return await untilDone(async () => await record(message, "a"));
	await record(message, "a").catch(() => undefined);
	await untilDone(async () => {
		const picked = await pickUpMessages(seen, [
			{ messageIds: [message.messageId], entryId: "entry", kind: "first", redelivered: true },
		]);
		await settleOthers(seen, picked.others);
		for (const row of picked.submit.values()) await record(row, "b");
	});
}

/** Applies receipts one after the other, each until it succeeds. */
async function receive(
	stored: StoredMessage,
	receiptBatches: readonly ReceiptBatch[],
	scheduler: fc.Scheduler,
	of: Plan,
): Promise<void> {
	const seen = dependenciesOf(stored, withOutcomes(scheduler, of));
	for (const receiptBatch of receiptBatches) {
		await untilDone(async (again) => await applyReceipts(seen, [{ ...receiptBatch, redelivered: again }]));
	}
}

describe("a message whose intermediate statuses are reported", () => {
	it("has each status or its final status reported, whatever fails, in any order of events (A34, A42)", async () => {
		await fc.assert(
			fc.asyncProperty(fc.scheduler(), plan, plan, states, async (scheduler, sending, receiving, receiptStates) => {
				const message = aMessage({ wantsInterimReports: true });
				const stored = await aStoredMessage(message);
				const receiptBatches = receiptStates.map((state) => {
					return { operator: "kcell" as const, receipts: [aReceipt({ smscId: "a", state })], checks: 0 };
				});

				await scheduler.waitFor(
					Promise.all([
						send(stored, message, scheduler, sending),
						receive(stored, receiptBatches, scheduler, receiving),
					]),
				);
				const early = stored.receipts.sent.map(({ receiptBatch }) => receiptBatch);
				await scheduler.waitFor(receive(stored, early, scheduler, { ...receiving, calls: [] }));

				const row = stored.messages.rows.get(message.messageId) ?? expect.fail();
				const reported = stored.reports.sent.map(({ reportBatchId, interim }) => [reportBatchId, interim?.status]);
				if (isFinal(row.status)) expect(reported).toContainEqual([row.reportBatchId, undefined]);
				else expect(reported).toContainEqual([row.sentReportBatchId, "SENT"]);
				if (row.status === "EN_ROUTE") expect(reported).toContainEqual([row.enRouteReportBatchId, "EN_ROUTE"]);
			}),
			{ numRuns: 500 },
		);
	});
});
