import type { ReportBatch } from "../../domain/reports/report-batches.ts";
import type { DeadLetter, DeadLetters } from "../dead-letters/dead-letters.ts";

/** A report batch that its client never confirmed. */
export type DeadReport = DeadLetter & {
	/** Null for what is no report batch. */
	readonly reportBatch: ReportBatch | null;
};

export type DeadReports = DeadLetters<DeadReport>;
