import type { ReportBatch } from "../../domain/reports/report-batches.ts";
import type { DeadLetter, DeadLetters } from "../dead-letters/dead-letters.ts";

export type DeadReport = DeadLetter & {
	/** Null: the entry is not a report batch. */
	readonly reportBatch: ReportBatch | null;
};

/** The dead letters of the reports queue. */
export type DeadReports = DeadLetters<DeadReport>;
