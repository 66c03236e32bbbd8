import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { QueuedReportBatch } from "#shared/domain/reports/report-batches.ts";
import { slotMs } from "#shared/domain/schedule/slots.ts";
import { deliverOrRetry } from "#shared/usecases/reports/deliver-or-retry.ts";
import { webhookBreakers } from "#shared/usecases/reports/webhook-breakers.ts";
import type { WebhookAnswer } from "#shared/usecases/reports/webhooks.ts";
import { checkShard } from "#shared/usecases/schedule/check-shard.ts";
import { anAccount, aSentMessage } from "#test/fakes/builders.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
import { memoryIncoming } from "#test/fakes/memory-incoming.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { discardedMetrics } from "#test/fakes/memory-metrics.ts";
import {
	memoryAccountQueues,
	memoryAccounts,
	memoryCircuitBreakers,
	memoryDueShards,
	memoryLanes,
	memoryLog,
	memoryReportBatches,
	memoryReports,
	memorySlots,
	memoryWebhookSecrets,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";

const endlessPause = async () => await new Promise(() => undefined);

const answered = (status: number, retryAfter: string | null = null): WebhookAnswer => ({
	kind: "answered",
	status,
	body: "",
	retryAfter,
});

/** The delivery of one report batch to a server that gives these answers, and its clock. */
async function aDelivery(answer: () => WebhookAnswer, chance = 0.5) {
	const now = stoppedClock();
	const account = anAccount();
	const messages = memoryMessages(now);
	const message = aSentMessage(["a"], { userName: account.userName, status: "DELIVERED" });
	await messages.insert([message]);
	const posts: number[] = [];
	const reportBatches = memoryReportBatches();
	const delivery = {
		messages,
		incoming: memoryIncoming(),
		...{ reportBatches, reportAttempts: reportBatches },
		accounts: memoryAccounts([account]),
		webhookSecrets: memoryWebhookSecrets(),
		accountQueues: memoryAccountQueues(),
		webhooks: {
			async post() {
				posts.push(now());
				return answer();
			},
		},
		breakers: webhookBreakers({ circuitBreakers: memoryCircuitBreakers(), now, pause: endlessPause }),
		reports: memoryReports(),
		slots: memorySlots(),
		deadLetters: memoryReports(),
		now,
		chance: () => chance,
		retentionMs: 1_000,
		log: memoryLog(),
		counter: memoryCounter(),
		metrics: discardedMetrics,
	};
	const reportBatch = {
		reportBatchId: randomUUID(),
		userName: account.userName,
		messageIds: [message.messageId],
		tries: 1,
	};
	return { ...delivery, posts, reportBatch };
}

type Delivery = Awaited<ReturnType<typeof aDelivery>>;

/** Advances the clock until the report batch is delivered again. Null if neither queue nor slot holds it. */
async function nextTurn(
	delivery: Delivery,
): Promise<{ reportBatch: QueuedReportBatch; heldBy: "queue" | "slot" } | null> {
	const { reports, slots, now } = delivery;
	const [row] = slots.kept;
	if (row !== undefined) {
		now.advance(row.slot - now());
		const checkDeps = { ...delivery, lanes: memoryLanes(), dueShards: memoryDueShards(), newReportBatchId: randomUUID };
		await checkShard(checkDeps, row);
	}
	const [reportBatch] = reports.sent.splice(0);
	const [delaySeconds = 0] = reports.delays.splice(0);
	now.advance(delaySeconds * 1_000);
	if (reportBatch === undefined) return null;
	const tries = "tries" in reportBatch ? Number(reportBatch.tries) : 0;
	return { reportBatch: { ...reportBatch, tries: tries + 1 }, heldBy: row === undefined ? "queue" : "slot" };
}

/** Runs a report batch until neither queue nor slot holds it, within 100 turns. */
async function runToEnd(delivery: Delivery): Promise<readonly string[]> {
	const holders: string[] = [];
	let reportBatch: QueuedReportBatch = delivery.reportBatch;
	for (let turn = 0; turn < 100; turn += 1) {
		await deliverOrRetry(delivery, reportBatch);
		const next = await nextTurn(delivery);
		if (next === null) return holders;
		holders.push(next.heldBy);
		reportBatch = next.reportBatch;
	}
	throw new Error("it never ends");
}

const waitsOf = (posts: readonly number[]) => posts.slice(1).map((at, index) => (at - (posts[index] ?? 0)) / 1_000);

describe("a report batch that is never confirmed", () => {
	it("is tried eleven times in about a day, by delays up to ten minutes and then by slots, then goes to the dead-letter queue (A40)", async () => {
		const delivery = await aDelivery(() => answered(500));

		const holders = await runToEnd(delivery);

		expect(delivery.posts).toHaveLength(11);
		expect(holders).toEqual([...Array(4).fill("queue"), ...Array(6).fill("slot")]);
		const waits = waitsOf(delivery.posts);
		expect(waits.slice(0, 4)).toEqual([5, 30, 120, 600]);
		for (const [index, wanted] of [1_800, 3_600, 7_200, 14_400, 28_800, 28_800].entries()) {
			expect(waits[index + 4]).toBeGreaterThanOrEqual(wanted);
			expect(waits[index + 4]).toBeLessThan(wanted + slotMs / 1_000);
		}
		const [, , , , , ...fromSlots] = delivery.posts;
		expect(fromSlots.filter((at) => at % slotMs !== 0)).toEqual([]);
		expect(delivery.deadLetters.sent.map(({ reportBatchId }) => reportBatchId)).toEqual([
			delivery.reportBatch.reportBatchId,
		]);
		expect(delivery.log.events.map(({ event }) => event)).toContain("report.given_up");
	});

	it.each([
		["least", 0, 0.8],
		["most", 0.999_999, 1.2],
	])("waits up to a fifth less or more by chance: the %s (A40)", async (_, chance, share) => {
		const delivery = await aDelivery(() => answered(500), chance);

		const holders = await runToEnd(delivery);

		const waits = waitsOf(delivery.posts);
		expect(waits.slice(0, 4)).toEqual([5, 30, 120, 600].map((seconds) => Math.round(seconds * share)));
		expect(holders.slice(0, 5)).toEqual(["queue", "queue", "queue", "queue", "slot"]);
		for (const [index, wanted] of [1_800, 3_600, 7_200, 14_400, 28_800, 28_800].entries()) {
			expect(waits[index + 4]).toBeGreaterThanOrEqual(Math.floor(wanted * share));
			expect(waits[index + 4]).toBeLessThan(wanted * share + slotMs / 1_000 + 1);
		}
	});

	it("continues with its next attempt after a slot, and ends when it is confirmed", async () => {
		const delivery = await aDelivery(() => answered(delivery.posts.length < 7 ? 500 : 204));

		await runToEnd(delivery);

		expect(delivery.posts).toHaveLength(7);
		expect(delivery.deadLetters.sent).toEqual([]);
		expect([...delivery.reportBatches.rows.keys()]).toEqual([delivery.reportBatch.reportBatchId]);
	});

	it("waits in a slot when a busy server asks for more than ten minutes (A40)", async () => {
		const delivery = await aDelivery(() => answered(delivery.posts.length < 2 ? 503 : 204, "3600"));

		expect(await runToEnd(delivery)).toEqual(["slot"]);
		expect(waitsOf(delivery.posts)[0]).toBeGreaterThanOrEqual(3_600);
	});

	it.each([
		["720", "queue"],
		["721", "slot"],
	])("waits %s seconds in a %s: up to ten minutes and a fifth, SQS delays it (A40)", async (retryAfter, holder) => {
		const delivery = await aDelivery(() => answered(delivery.posts.length < 2 ? 429 : 204, retryAfter));

		expect(await runToEnd(delivery)).toEqual([holder]);
	});

	it("queues the next attempt before its entry is deleted, and fails when it cannot", async () => {
		const failing = async () => Promise.reject(new Error("unavailable"));
		const delivery = await aDelivery(() => answered(500));
		const reportBatch = { ...delivery.reportBatch };

		await expect(deliverOrRetry({ ...delivery, reports: { send: failing } }, reportBatch)).rejects.toThrow(
			"unavailable",
		);
		await expect(
			deliverOrRetry({ ...delivery, slots: { put: failing } }, { ...reportBatch, tries: 6 }),
		).rejects.toThrow("unavailable");
		await expect(
			deliverOrRetry({ ...delivery, deadLetters: { send: failing } }, { ...reportBatch, tries: 11 }),
		).rejects.toThrow("unavailable");
	});

	it("goes to the dead-letter queue at once when its server answers 410 (A40)", async () => {
		const delivery = await aDelivery(() => answered(410));

		expect(await runToEnd(delivery)).toEqual([]);
		expect(delivery.deadLetters.sent).toHaveLength(1);
	});
});
