import { pollWithRetry } from "#shared/flow/poll-with-retry.ts";
import type { Log } from "#shared/log.ts";
import type { AccountQueueSource, WaitingReportBatch } from "#shared/usecases/reports/account-queues.ts";

export type ReportBatchIntake = {
	/** Checks again whether more is wanted. */
	wake(): void;
	/** Takes in no more. Resolves when the last poll has ended. */
	stop(): Promise<void>;
};

export type ReportBatchIntakeOptions = {
	readonly queueUrl: string;
	readonly source: Pick<AccountQueueSource, "receive">;
	readonly visibilitySeconds: number;
	/** Whether a report batch could be reported soon: only then is the queue polled, for what is held here no other task can report. */
	readonly wantsMore: () => boolean;
	/** Resolves when the report batches lie ready, or are let go of. */
	readonly take: (reportBatches: readonly WaitingReportBatch[]) => Promise<void>;
	readonly log: Log;
};

/** Reads an account's own queue by long polls, one at a time, as far as its report batches are wanted. */
export function reportBatchIntake(options: ReportBatchIntakeOptions): ReportBatchIntake {
	const { queueUrl, source, visibilitySeconds, wantsMore, take, log } = options;
	const stopping = new AbortController();
	const { signal } = stopping;
	let woken = Promise.withResolvers<void>();

	const poll = async () => await source.receive(queueUrl, visibilitySeconds, signal);

	async function run(): Promise<void> {
		while (!signal.aborted) {
			if (!wantsMore()) {
				await woken.promise;
				continue;
			}
			const reportBatches = await pollWithRetry(log, "account_queue.receive_failed", signal, poll);
			if (reportBatches.length > 0) await take(reportBatches);
		}
	}

	const running = run();
	return {
		wake() {
			woken.resolve();
			woken = Promise.withResolvers();
		},
		async stop() {
			stopping.abort();
			woken.resolve();
			await running;
		},
	};
}
