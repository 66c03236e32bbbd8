import type { Clock } from "#shared/clock.ts";
import { retentionMaxMs } from "#shared/domain/message/retention.ts";
import { answerText, smppAnswer } from "#shared/domain/reports/report-attempts.ts";
import type { ReportBatch } from "#shared/domain/reports/report-batches.ts";
import { batcher } from "#shared/flow/batcher.ts";
import { retryUntilDone } from "#shared/flow/retry-until-done.ts";
import type { Log } from "#shared/log.ts";
import type { ReportBatchStore } from "#shared/usecases/reports/report-batch-store.ts";

export type ReportConfirmer = {
	/**
	 * Resolves when it is recorded that the client has this report; false if that failed.
	 * @param refusal why it will never take the report: it is recorded as given up.
	 */
	confirm(reportBatch: ReportBatch, messageId: number, refusal?: string): Promise<boolean>;
};

export type ReportConfirmerOptions = {
	readonly reportBatches: Pick<ReportBatchStore, "confirm">;
	readonly retentionMs: number;
	readonly now: Clock;
	readonly log: Log;
};

/** Long enough to record a report batch in one write, although the answers arrive within a round trip. */
const batcherLimits = { itemsMax: 100, quietMs: 20, waitMs: 60 };

/** About half a minute. Then the report batch goes back to its queue and is sent again. */
const triesMax = 12;

type PendingConfirmation = {
	readonly reportBatch: ReportBatch;
	readonly messageId: number;
	readonly refusal: string | undefined;
	readonly resolve: (written: boolean) => void;
};

export function reportConfirmer({ reportBatches, retentionMs, now, log }: ReportConfirmerOptions): ReportConfirmer {
	async function write(reportBatch: ReportBatch, pending: readonly PendingConfirmation[]): Promise<void> {
		const part = { ...reportBatch, messageIds: pending.map(({ messageId }) => messageId) };
		const refusal = pending[0]?.refusal;
		const how = refusal === undefined ? smppAnswer : { answer: answerText(refusal), isRefused: true as const };
		const step = async () => {
			const at = now();
			await reportBatches.confirm(part, at, at + retentionMaxMs(retentionMs), how);
			return true;
		};
		const written = (await retryUntilDone(log, "report.confirm_failed", step, triesMax)) ?? false;
		for (const { resolve } of pending) resolve(written);
	}

	const confirmations = batcher<PendingConfirmation>(batcherLimits, async (all) => {
		const writes = [...Map.groupBy(all, ({ reportBatch }) => reportBatch)].flatMap(([reportBatch, own]) =>
			[...Map.groupBy(own, ({ refusal }) => refusal).values()].map((pending) => ({ reportBatch, pending })),
		);
		await Promise.all(writes.map(async ({ reportBatch, pending }) => await write(reportBatch, pending)));
	});
	return {
		async confirm(reportBatch, messageId, refusal) {
			const { promise, resolve } = Promise.withResolvers<boolean>();
			void confirmations.add({ reportBatch, messageId, refusal, resolve });
			return await promise;
		},
	};
}
