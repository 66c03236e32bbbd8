import type { ReportQueue } from "./report-queue.ts";

/** A queue of reports that remembers what it has acknowledged. */
export type RememberedReports = ReportQueue & {
	/** Whether this process queued the report of this message. False if it was long ago. */
	wasQueued(report: { readonly reportBatchId: string | null; readonly messageId: number }): boolean;
};

const rememberedMax = 20_000;

export function rememberedReports({ send }: ReportQueue): RememberedReports {
	const queued = new Set<string>();
	return {
		async send(reportBatches, delaySeconds) {
			await send(reportBatches, delaySeconds);
			for (const { reportBatchId, messageIds } of reportBatches) {
				for (const messageId of messageIds) queued.add(`${reportBatchId} ${messageId}`);
			}
			for (const oldest of queued) {
				if (queued.size <= rememberedMax) break;
				queued.delete(oldest);
			}
		},
		wasQueued: ({ reportBatchId, messageId }) => queued.has(`${reportBatchId} ${messageId}`),
	};
}
