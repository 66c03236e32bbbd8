import { batcher } from "#shared/flow/batcher.ts";
import { retryUntilDone } from "#shared/flow/retry-until-done.ts";
import type { Log } from "#shared/log.ts";
import type { AccountQueueSource, WaitingReportBatch } from "#shared/usecases/reports/account-queues.ts";
import { redeliveryDelaySeconds } from "./session-back-off.ts";

/** The report batches of an account that are held here: kept from others, and deleted once all their messages were reported. */
export type HeldReportBatches = {
	/** @param untold how many messages it is still to report. */
	hold(reportBatch: WaitingReportBatch, unreported: number): void;
	/** One message of it was reported; gives whether it was the last, and the report batch is done with. */
	reported(reportBatch: WaitingReportBatch): boolean;
	/** One message of it was not: when nothing more of it is on its way, it goes back to its queue. */
	failed(reportBatch: WaitingReportBatch): void;
	/** Stops keeping report batches from others, gives back those that are left, and resolves when all calls are done. */
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

type HoldState = { left: number; failed: boolean };

export function heldReportBatches({
	queueUrl,
	source,
	visibilitySeconds,
	chance,
	log,
}: HeldReportBatchesOptions): HeldReportBatches {
	const held = new Map<WaitingReportBatch, HoldState>();
	const removing = batcher<string>({ itemsMax: 10, quietMs: 20, waitMs: 100 }, async (handles) => {
		/* One that cannot be deleted comes again, and is found to be done with. */
		await source.remove(queueUrl, handles).catch((err: unknown) => log.warn("account_report.delete_failed", { err }));
	});
	const givingBack = new Set<Promise<unknown>>();

	async function extendHold(batches: readonly WaitingReportBatch[], seconds: number, event: string): Promise<void> {
		const handles = batches.map(({ handle }) => handle);
		if (handles.length > 0) await retryUntilDone(log, event, () => source.hold(queueUrl, handles, seconds), 1);
	}

	function giveBack(reportBatch: WaitingReportBatch): void {
		held.delete(reportBatch);
		/* What cannot be given back comes back by itself when its visibility ends. */
		const delaySeconds = redeliveryDelaySeconds(reportBatch.receives, chance());
		const done = extendHold([reportBatch], delaySeconds, "account_report.release_failed");
		givingBack.add(done);
		void done.finally(() => givingBack.delete(done));
	}

	/** Gives whether nothing of it is on its way any more. */
	function settle(reportBatch: WaitingReportBatch, wasReported: boolean): boolean {
		const one = held.get(reportBatch);
		if (one === undefined) return false;
		one.left -= 1;
		one.failed ||= !wasReported;
		if (one.left > 0) return false;
		if (one.failed) giveBack(reportBatch);
		else {
			held.delete(reportBatch);
			void removing.add(reportBatch.handle);
		}
		return !one.failed;
	}

	const renewing = setInterval(
		() => void extendHold([...held.keys()], visibilitySeconds, "account_report.extend_failed"),
		(visibilitySeconds * 1_000) / 3,
	);
	return {
		hold(reportBatch, unreported) {
			held.set(reportBatch, { left: unreported, failed: false });
			if (unreported > 0) return;
			held.delete(reportBatch);
			void removing.add(reportBatch.handle);
		},
		reported: (reportBatch) => settle(reportBatch, true),
		failed: (reportBatch) => void settle(reportBatch, false),
		async release() {
			clearInterval(renewing);
			for (const reportBatch of [...held.keys()]) giveBack(reportBatch);
			await Promise.all([removing.drained(), ...givingBack]);
		},
	};
}
