import { heldQueueEntries } from "#shared/flow/held-queue-entries.ts";
import type { Log } from "#shared/log.ts";
import type { AccountQueueSource, WaitingReportBatch } from "#shared/usecases/reports/account-queues.ts";
import { redeliveryDelaySeconds } from "./session-back-off.ts";

/** The report batches of an account that are held here. Their parts are the messages that they still have to report. */
export type HeldReportBatches = {
	hold(reportBatch: WaitingReportBatch, unreported: number): void;
	/** One message of it was reported. True if it was the last, and the report batch is done. */
	reported(reportBatch: WaitingReportBatch): boolean;
	/** One message of it was not: once no other is under way, the report batch goes back to its queue. */
	failed(reportBatch: WaitingReportBatch): void;
	/** Gives back the report batches that are left, and resolves when all calls are done. */
	release(): Promise<void>;
};

export type HeldReportBatchesOptions = {
	readonly queueUrl: string;
	readonly source: AccountQueueSource;
	readonly visibilitySeconds: number;
	/** From 0 to 1. */
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
		release: held.release,
	};
}
