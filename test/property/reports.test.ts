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
import { memoryLog, memoryReceipts, memorySubmissions } from "#test/fakes/memory-stores.ts";

/** What becomes of one call: it is carried out or not, and its answer comes or not; `repeated` is the SDK's own second try. */
const callOutcomes = ["answered", "answered", "answered", "not_done", "unanswered", "repeated"] as const;
type CallOutcome = (typeof callOutcomes)[number];

/** What a process does with a step that failed: tries it again itself, or dies, and its entry comes back to another. */
type Plan = { readonly calls: readonly CallOutcome[]; readonly dies: boolean };

const plan = fc.record({ calls: fc.array(fc.constantFrom(...callOutcomes), { maxLength: 6 }), dies: fc.boolean() });
const states = fc.subarray(["ENROUTE", "DELIVRD"] as const);

/** Calls that meet their fates in turn, and all go well when these are used up; the scheduler decides which process goes on. */
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

async function aWorld(message: Message) {
	const gateway = await aGatewayWith([message], mondayAtEleven);
	return {
		...gateway,
		submissions: memorySubmissions(gateway.now),
		receipts: memoryReceipts(),
		orphans: memoryReceipts(),
		learnedIdFormats: new Map(),
		log: memoryLog(),
	};
}
type World = Awaited<ReturnType<typeof aWorld>>;

function dependenciesOf(world: World, meet: ReturnType<typeof withOutcomes>) {
	const messages: MessageStore = {
		...world.messages,
		read: async (ids) => await meet(async () => await world.messages.read(ids)),
		change: async (wanted) => await meet(async () => await world.messages.change(wanted)),
	};
	const reports: ReportQueue = {
		send: async (reportBatches) =>
			reportBatches.length === 0 ? undefined : await meet(async () => await world.reports.send(reportBatches)),
	};
	return { ...world, messages, reports, newReportBatchId: () => randomUUID() as string };
}

/** Does a step until it is done. */
async function persist(step: (again: boolean) => Promise<void>): Promise<void> {
	for (let again = false; ; again = true) {
		try {
			return await step(again);
		} catch {
			/* The next try is another call, with its own fate. */
		}
	}
}

/** Sends the message, and records that; a process that dies at it leaves the lane entry, which is received again. */
async function send(world: World, message: Message, scheduler: fc.Scheduler, of: Plan): Promise<void> {
	const seen = dependenciesOf(world, withOutcomes(scheduler, of));
	const record = async (row: Message, smscId: string) => {
		const submission = { smscIds: [smscId], sentAt: 1, confirmedAt: 2, resends: 0, refusal: null };
		await recordSubmissions(seen, "kcell", [{ message: row, submission, parts: 1, segmentsWritten: 0 }]);
	};
	if (!of.dies) return await persist(async () => await record(message, "a"));
	await record(message, "a").catch(() => undefined);
	await persist(async () => {
		const picked = await pickUpMessages(seen, [
			{ messageIds: [message.messageId], entryId: "entry", kind: "first", redelivered: true },
		]);
		await settleOthers(seen, picked.others);
		for (const row of picked.submit.values()) await record(row, "b");
	});
}

/** Applies receipts one after the other, each as often as it takes. */
async function receive(
	world: World,
	reportBatches: readonly ReceiptBatch[],
	scheduler: fc.Scheduler,
	of: Plan,
): Promise<void> {
	const seen = dependenciesOf(world, withOutcomes(scheduler, of));
	for (const reportBatch of reportBatches) {
		await persist(async (again) => await applyReceipts(seen, [{ ...reportBatch, redelivered: again }]));
	}
}

describe("a message whose intermediate statuses are reported", () => {
	it("has each status or its final status reported, whatever fails, in any order of events (A34, A42)", async () => {
		await fc.assert(
			fc.asyncProperty(fc.scheduler(), plan, plan, states, async (scheduler, sending, receiving, said) => {
				const message = aMessage({ wantsInterimReports: true });
				const world = await aWorld(message);
				const reportBatches = said.map((state) => {
					return { operator: "kcell" as const, receipts: [aReceipt({ smscId: "a", state })], checks: 0 };
				});

				await scheduler.waitFor(
					Promise.all([send(world, message, scheduler, sending), receive(world, reportBatches, scheduler, receiving)]),
				);
				const early = world.receipts.sent.map(({ receiptBatch }) => receiptBatch);
				await scheduler.waitFor(receive(world, early, scheduler, { ...receiving, calls: [] }));

				const row = world.messages.rows.get(message.messageId) ?? expect.fail();
				const told = world.reports.sent.map(({ reportBatchId, interim }) => [reportBatchId, interim?.status]);
				if (isFinal(row.status)) expect(told).toContainEqual([row.reportBatchId, undefined]);
				else expect(told).toContainEqual([row.sentReportBatchId, "SENT"]);
				if (row.status === "EN_ROUTE") expect(told).toContainEqual([row.enRouteReportBatchId, "EN_ROUTE"]);
			}),
			{ numRuns: 500 },
		);
	});
});
