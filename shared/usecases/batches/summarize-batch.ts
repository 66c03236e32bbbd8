import { type BatchSummary, batchSummaryView } from "../../domain/batches/batch-summary.ts";
import { ensureHeld } from "../accept/hold-messages.ts";
import { findBatch, type NoBatch, type ReadBatchDeps } from "../message/read-batch.ts";

export type SummarizeBatchDeps = Omit<ReadBatchDeps, "reportBatches">;

/**
 * The totals of a batch, from its rows: at most a thousand.
 * @param userName null: for an operator, of any account. Then nothing is written.
 */
export async function summarizeBatch(
	deps: SummarizeBatchDeps,
	userName: string | null,
	batchId: number,
): Promise<{ readonly kind: "found"; readonly summary: BatchSummary } | NoBatch> {
	const found = await findBatch(deps, userName, batchId);
	if (found.kind !== "found") return found;
	const { messageIds, isFailFast } = found.batch;
	const rows = [...(await deps.messages.readEach([...new Set(messageIds)])).rows.values()];
	if (isFailFast && userName !== null) await ensureHeld(deps, rows, deps.now());
	return { kind: "found", summary: batchSummaryView({ batchId, count: messageIds.length }, rows, deps.now()) };
}
