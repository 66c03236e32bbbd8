import type { QueuedReportBatch } from "../../domain/reports/report-batches.ts";
import { shortWaitMaxSeconds } from "../../domain/reports/report-retries.ts";
import { reportRow } from "../../domain/schedule/slots.ts";
import type { SlotStore } from "../schedule/slot-store.ts";
import { type DeliverDeps, deliverReportBatch } from "./deliver-report-batch.ts";
import type { ReportQueue } from "./report-queue.ts";

export type DeliverOrRetryDeps = DeliverDeps & {
	readonly reports: ReportQueue;
	readonly slots: Pick<SlotStore, "put">;
	/** Where report batches rest that nobody confirmed. */
	readonly deadLetters: ReportQueue;
};

/**
 * Works off one entry of the reports queue. When this returns, the entry is done with: its report batch is confirmed, or has another holder,
 * which is an entry with a delay, a row of a slot, or the dead letters (A40). A waiting report batch is never an entry that was received and
 * not deleted, for a queue has no more than 120,000 of those.
 * @param report batch with the tries that it has behind it, this one included.
 */
export async function deliverOrRetry(deps: DeliverOrRetryDeps, reportBatch: QueuedReportBatch): Promise<void> {
	const outcome = await deliverReportBatch(deps, reportBatch);
	if (outcome.kind === "dead") return await deadLetter(deps, reportBatch);
	if (outcome.kind === "later") await scheduleRetry(deps, { ...reportBatch, tries: outcome.tries }, outcome.seconds);
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
