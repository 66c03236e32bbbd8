import type { QueuedReportBatch, ReportBatch } from "../../domain/reports/report-batches.ts";

/** Report batches of accounts that are told by SMPP, each account's in a queue of its own. */
export type AccountQueues = {
	send(queueUrl: string, reportBatches: readonly (ReportBatch | QueuedReportBatch)[]): Promise<void>;
};

/** A report batch that waits for a session of its account, held: nobody else gets it until its visibility ends. */
export type WaitingReportBatch = {
	readonly reportBatch: ReportBatch;
	readonly handle: string;
	readonly receives: number;
};

export type AccountQueueSource = {
	/** Waits up to 20 s for report batches, or until the signal; none is an ordinary answer. They are kept from others for so long. */
	receive(queueUrl: string, heldSeconds: number, signal: AbortSignal): Promise<readonly WaitingReportBatch[]>;
	/** Done with: they will not come again. */
	remove(queueUrl: string, handles: readonly string[]): Promise<void>;
	/** Keeps report batches from others for so long from now; 0 gives them back. One that is gone is passed over. */
	hold(queueUrl: string, handles: readonly string[], seconds: number): Promise<void>;
};
