import type { ReportBatch } from "../../domain/reports/report-batches.ts";

/** Which report batches were confirmed, and for which messages. */
export type ReportBatchStore = {
	confirm(reportBatch: ReportBatch, at: number, keepUntil: number): Promise<void>;
	/** The ids of the messages whose report was confirmed, by report batch; report batches that never were are left out. */
	confirmed(reportBatchIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<number>>>;
};
