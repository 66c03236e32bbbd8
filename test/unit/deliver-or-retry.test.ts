import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { QueuedReportBatch } from "#shared/domain/reports/report-batches.ts";
import { slotMs } from "#shared/domain/schedule/slots.ts";
import { deliverOrRetry } from "#shared/usecases/reports/deliver-or-retry.ts";
import { webhookBreakers } from "#shared/usecases/reports/webhook-breakers.ts";
import type { WebhookAnswer } from "#shared/usecases/reports/webhooks.ts";
import { checkShard } from "#shared/usecases/schedule/check-shard.ts";
import { anAccount, aSentMessage } from "#test/fakes/builders.ts";
import { memoryIncoming } from "#test/fakes/memory-incoming.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
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
	stoppedClock,
} from "#test/fakes/memory-stores.ts";

/** Nobody's patience ends. */
const patient = async () => await new Promise(() => undefined);

const answered = (status: number, retryAfter: string | null = null): WebhookAnswer => ({
	kind: "answered",
	status,
	body: "",
	retryAfter,
});

/** A reporting of one report batch whose client's server answers as it is told, and the clock that it lives by. */
async function aReporting(answer: () => WebhookAnswer, chance = 0.5) {
	const now = stoppedClock();
	const account = anAccount();
	const messages = memoryMessages(now);
	const message = aSentMessage(["a"], { userName: account.userName, status: "DELIVERED" });
	await messages.insert([message]);
	const posts: number[] = [];
	const reporting = {
		messages,
		incoming: memoryIncoming(),
		reportBatches: memoryReportBatches(),
		accounts: memoryAccounts([account]),
		accountQueues: memoryAccountQueues(),
		webhooks: {
			async post() {
				posts.push(now());
				return answer();
			},
		},
		breakers: webhookBreakers({ circuitBreakers: memoryCircuitBreakers(), now, pause: patient }),
		reports: memoryReports(),
		slots: memorySlots(),
		deadLetters: memoryReports(),
		now,
		chance: () => chance,
		retentionMs: 1_000,
		log: memoryLog(),
	};
	const reportBatch = {
		reportBatchId: randomUUID(),
		userName: account.userName,
		messageIds: [message.messageId],
		tries: 1,
	};
	return { ...reporting, posts, reportBatch };
}

type AReporting = Awaited<ReturnType<typeof aReporting>>;

/** Lets time pass until whoever holds the report batch gives it out again; null where nobody holds it. */
async function nextTurn(
	reporting: AReporting,
): Promise<{ reportBatch: QueuedReportBatch; heldBy: "queue" | "slot" } | null> {
	const { reports, slots, now } = reporting;
	const [row] = slots.kept;
	if (row !== undefined) {
		now.advance(row.slot - now());
		const looking = { ...reporting, lanes: memoryLanes(), dueShards: memoryDueShards(), newReportBatchId: randomUUID };
		await checkShard(looking, row);
	}
	const [reportBatch] = reports.sent.splice(0);
	const [delaySeconds = 0] = reports.delays.splice(0);
	now.advance(delaySeconds * 1_000);
	if (reportBatch === undefined) return null;
	const tries = "tries" in reportBatch ? Number(reportBatch.tries) : 0;
	return { reportBatch: { ...reportBatch, tries: tries + 1 }, heldBy: row === undefined ? "queue" : "slot" };
}

/** Every turn of a report batch until nobody holds it; bounded, for the tests are about its end. */
async function wholeLife(reporting: AReporting): Promise<readonly string[]> {
	const holders: string[] = [];
	let reportBatch: QueuedReportBatch = reporting.reportBatch;
	for (let turn = 0; turn < 100; turn += 1) {
		await deliverOrRetry(reporting, reportBatch);
		const next = await nextTurn(reporting);
		if (next === null) return holders;
		holders.push(next.heldBy);
		reportBatch = next.reportBatch;
	}
	throw new Error("it never ends");
}

const waitsOf = (posts: readonly number[]) => posts.slice(1).map((at, index) => (at - (posts[index] ?? 0)) / 1_000);

describe("a report batch that is never confirmed", () => {
	it("is tried eleven times in about a day, by a delay up to ten minutes and by slots after that, then rests (A40)", async () => {
		const reporting = await aReporting(() => answered(500));

		const holders = await wholeLife(reporting);

		expect(reporting.posts).toHaveLength(11);
		expect(holders).toEqual([...Array(4).fill("queue"), ...Array(6).fill("slot")]);
		const waits = waitsOf(reporting.posts);
		expect(waits.slice(0, 4)).toEqual([5, 30, 120, 600]);
		for (const [index, wanted] of [1_800, 3_600, 7_200, 14_400, 28_800, 28_800].entries()) {
			expect(waits[index + 4]).toBeGreaterThanOrEqual(wanted);
			expect(waits[index + 4]).toBeLessThan(wanted + slotMs / 1_000);
		}
		const [, , , , , ...fromSlots] = reporting.posts;
		expect(fromSlots.filter((at) => at % slotMs !== 0)).toEqual([]);
		expect(reporting.deadLetters.sent.map(({ reportBatchId }) => reportBatchId)).toEqual([
			reporting.reportBatch.reportBatchId,
		]);
		expect(reporting.log.events.map(({ event }) => event)).toContain("report.given_up");
	});

	it.each([
		["least", 0, 0.8],
		["most", 0.999_999, 1.2],
	])("waits a fifth less or more by chance: the %s (A40)", async (_, chance, share) => {
		const reporting = await aReporting(() => answered(500), chance);

		const holders = await wholeLife(reporting);

		const waits = waitsOf(reporting.posts);
		expect(waits.slice(0, 4)).toEqual([5, 30, 120, 600].map((seconds) => Math.round(seconds * share)));
		expect(holders.slice(0, 5)).toEqual(["queue", "queue", "queue", "queue", "slot"]);
		for (const [index, wanted] of [1_800, 3_600, 7_200, 14_400, 28_800, 28_800].entries()) {
			expect(waits[index + 4]).toBeGreaterThanOrEqual(Math.floor(wanted * share));
			expect(waits[index + 4]).toBeLessThan(wanted * share + slotMs / 1_000 + 1);
		}
	});

	it("goes on where it was when it comes back from a slot, and ends when it is confirmed", async () => {
		const reporting = await aReporting(() => answered(reporting.posts.length < 7 ? 500 : 204));

		await wholeLife(reporting);

		expect(reporting.posts).toHaveLength(7);
		expect(reporting.deadLetters.sent).toEqual([]);
		expect([...reporting.reportBatches.rows.keys()]).toEqual([reporting.reportBatch.reportBatchId]);
	});

	it("waits in a slot where a busy server asks for more than ten minutes (A40)", async () => {
		const reporting = await aReporting(() => answered(reporting.posts.length < 2 ? 503 : 204, "3600"));

		expect(await wholeLife(reporting)).toEqual(["slot"]);
		expect(waitsOf(reporting.posts)[0]).toBeGreaterThanOrEqual(3_600);
	});

	it.each([
		["720", "queue"],
		["721", "slot"],
	])("waits %s seconds in a %s: ten minutes, and a fifth, are no long wait yet (A40)", async (asked, holder) => {
		const reporting = await aReporting(() => answered(reporting.posts.length < 2 ? 429 : 204, asked));

		expect(await wholeLife(reporting)).toEqual([holder]);
	});

	it("queues the next attempt before it deletes its entry, and fails where it cannot", async () => {
		const away = async () => Promise.reject(new Error("away"));
		const reporting = await aReporting(() => answered(500));
		const reportBatch = { ...reporting.reportBatch };

		await expect(deliverOrRetry({ ...reporting, reports: { send: away } }, reportBatch)).rejects.toThrow("away");
		await expect(deliverOrRetry({ ...reporting, slots: { put: away } }, { ...reportBatch, tries: 6 })).rejects.toThrow(
			"away",
		);
		await expect(
			deliverOrRetry({ ...reporting, deadLetters: { send: away } }, { ...reportBatch, tries: 11 }),
		).rejects.toThrow("away");
	});

	it("goes to the dead-letter queue at once when its server answers 410 (A40)", async () => {
		const reporting = await aReporting(() => answered(410));

		expect(await wholeLife(reporting)).toEqual([]);
		expect(reporting.deadLetters.sent).toHaveLength(1);
	});
});
