import type { FailedReport, ReportAttempts } from "../../domain/reports/report-attempts.ts";

/** Keeps how the delivery of report batches went, for people. Nothing depends on it. */
export type ReportAttemptStore = {
	failed(reportBatchId: string, attempt: FailedReport, keepUntil: number): Promise<void>;
	/** By report batch. Those of which nothing is known are left out. */
	of(reportBatchIds: readonly string[]): Promise<ReadonlyMap<string, ReportAttempts>>;
};
