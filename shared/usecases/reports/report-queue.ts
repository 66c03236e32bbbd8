import type { QueuedReportBatch, ReportBatch } from "../../domain/reports/report-batches.ts";

export type ReportQueue = {
	/** @param delaySeconds before they may be received: 0 to 900. */
	send(reportBatches: readonly (ReportBatch | QueuedReportBatch)[], delaySeconds?: number): Promise<void>;
};
