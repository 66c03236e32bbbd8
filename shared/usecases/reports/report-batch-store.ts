import type { ConfirmingAnswer } from "../../domain/reports/report-attempts.ts";
import type { ReportBatch } from "../../domain/reports/report-batches.ts";

/** Keeps confirmations of reports. */
export type ReportBatchStore = {
	/** Marks its messages as confirmed by the client. */
	confirm(reportBatch: ReportBatch, at: number, keepUntil: number, answer?: ConfirmingAnswer): Promise<void>;
	/** The ids of confirmed messages by report batch. Report batches without any are left out. */
	confirmed(reportBatchIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<number>>>;
};
