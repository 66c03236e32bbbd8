import { heldQueueEntries } from "#shared/flow/held-queue-entries.ts";
import type { Log } from "#shared/log.ts";
import type { AccountQueueSource, WaitingReportBatch } from "#shared/usecases/reports/account-queues.ts";
import { leaveDelaySeconds, redeliveryDelaySeconds } from "./session-back-off.ts";

/** Report batches held by this task. Their parts are the messages still to report. */
export type HeldReportBatches = {
	hold(reportBatch: WaitingReportBatch, unreported: number): void;
	/** One of its messages was reported. True if it was the last and the batch is done. */
	reported(reportBatch: WaitingReportBatch): boolean;
	/** One of its messages was not reported. When no other is under way, the batch goes back to its queue. */
	failed(reportBatch: WaitingReportBatch): void;
	/** The same for a message that another task is to report. */
	leave(reportBatch: WaitingReportBatch): void;
	release(): Promise<void>;
};

export type HeldReportBatchesOptions = {
	readonly queueUrl: string;
	readonly source: AccountQueueSource;
	readonly visibilitySeconds: number;
	readonly chance: () => number;
	readonly log: Log;
};

export function heldReportBatches(options: HeldReportBatchesOptions): HeldReportBatches {
	const { queueUrl, source, visibilitySeconds, chance, log } = options;
	const held = heldQueueEntries({
		remove: async (handles) => await source.remove(queueUrl, handles),
		hide: async (handles, seconds) => await source.hold(queueUrl, handles, seconds),
		...{ visibilitySeconds, logName: "account_report", log },
	});
	return {
		hold: ({ handle, receives }, unreported) =>
			held.hold(handle, unreported, redeliveryDelaySeconds(receives, chance())),
		reported: ({ handle }) => held.settle(handle),
		failed: ({ handle }) => held.giveBack(handle),
		leave: ({ handle, receives }) => held.defer(handle, leaveDelaySeconds(receives, chance())),
		release: held.release,
	};
}
