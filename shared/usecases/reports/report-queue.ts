import type { QueuedReportBatch, ReportBatch } from "../../domain/reports/report-batches.ts";

/** A queue of report batches. Every call has a time limit; one that throws may have queued some or all. */
export type ReportQueue = {
	/** @param delaySeconds before they may be received: 0 to 900. */
	send(reportBatches: readonly (ReportBatch | QueuedReportBatch)[], delaySeconds?: number): Promise<void>;
};
