import type { QueuedReportBatch } from "../../domain/reports/report-batches.ts";
import { shortWaitMaxSeconds } from "../../domain/reports/report-retries.ts";
import { reportRow } from "../../domain/schedule/slots.ts";
import type { SlotStore } from "../schedule/slot-store.ts";
import { type DeliverDeps, deliverReportBatch } from "./deliver-report-batch.ts";
import type { ReportQueue } from "./report-queue.ts";

export type DeliverOrRetryDeps = DeliverDeps & {
	readonly reports: ReportQueue;
	readonly slots: Pick<SlotStore, "put">;
	readonly deadLetters: ReportQueue;
};

/**
 * Handles one entry of the reports queue. When this returns, the entry may be deleted: its report batch needs no further
 * try, or has another holder: the account's queue, a delayed entry, a slot row, or the dead letters (A40). A batch never
 * waits as a received entry, because SQS allows only 120,000 of these (ADR 0012).
 * @param reportBatch its `tries` include this one.
 */
export async function deliverOrRetry(deps: DeliverOrRetryDeps, reportBatch: QueuedReportBatch): Promise<void> {
	const outcome = await deliverReportBatch(deps, reportBatch);
	const { left = reportBatch } = outcome;
	if (outcome.kind === "dead") return await deadLetter(deps, left);
	if (outcome.kind === "later") await scheduleRetry(deps, { ...left, tries: outcome.tries }, outcome.seconds);
}

async function deadLetter({ deadLetters, log }: DeliverOrRetryDeps, reportBatch: QueuedReportBatch): Promise<void> {
	log.error("report.given_up", {
		report_batch: reportBatch.reportBatchId,
		user_name: reportBatch.userName,
		tries: reportBatch.tries,
	});
	await deadLetters.send([reportBatch]);
}

async function scheduleRetry(
	{ reports, slots, now, chance }: DeliverOrRetryDeps,
	reportBatch: QueuedReportBatch,
	seconds: number,
): Promise<void> {
	if (seconds <= shortWaitMaxSeconds) return await reports.send([reportBatch], seconds);
	await slots.put([reportRow(reportBatch, now() + seconds * 1_000, chance)]);
}
