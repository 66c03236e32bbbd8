import type { QueuedReportBatch, ReportBatch } from "../../domain/reports/report-batches.ts";

/** Queues of accounts that get reports by SMPP. */
export type AccountQueues = {
	send(queueUrl: string, reportBatches: readonly (ReportBatch | QueuedReportBatch)[]): Promise<void>;
};

/** A received report batch, invisible to other tasks until its visibility timeout ends. */
export type WaitingReportBatch = {
	readonly reportBatch: ReportBatch;
	readonly handle: string;
	readonly receives: number;
};

export type AccountQueueSource = {
	/** Waits up to 20 s, or until the signal; may return none. Those returned are invisible for `heldSeconds`. */
	receive(queueUrl: string, heldSeconds: number, signal: AbortSignal): Promise<readonly WaitingReportBatch[]>;
	remove(queueUrl: string, handles: readonly string[]): Promise<void>;
	/** Makes report batches invisible for `seconds` from now; 0: visible. Deleted ones are ignored. */
	hold(queueUrl: string, handles: readonly string[], seconds: number): Promise<void>;
};
