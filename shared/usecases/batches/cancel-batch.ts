import type { BatchWithdrawal } from "../../domain/batches/batch-summary.ts";
import { type PauseBatchDeps, pauseBatch, resumeBatch } from "./pause-batch.ts";
import { type WithdrawBatchDeps, withdrawBatch } from "./withdraw-batch.ts";

export type CancelBatchDeps = WithdrawBatchDeps & PauseBatchDeps & { readonly pause: (ms: number) => Promise<void> };

export type CancelBatchOutcome =
	| { readonly kind: "absent" }
	| { readonly kind: "full" }
	/** `waiting`: messages that still wait and could not be withdrawn in time. Then the batch stays paused. */
	| { readonly kind: "cancelled"; readonly withdrawal: BatchWithdrawal; readonly waiting: number };

const everyMs = 5_000;

/**
 * Cancels a batch for an operator: pauses it, so that its messages are set aside where they can be withdrawn, and
 * withdraws them. It is resumed once none waits. May be repeated, also after a death.
 * @param waitMs how long to wait for messages that are still in their lanes.
 */
export async function cancelBatch(
	deps: CancelBatchDeps,
	batchId: number,
	waitMs: number,
	onProgress: (withdrawal: BatchWithdrawal) => void = () => undefined,
): Promise<CancelBatchOutcome> {
	const paused = await pauseBatch(deps, batchId);
	if (paused !== "paused") return paused === "full" ? { kind: "full" } : { kind: "absent" };
	const until = deps.now() + waitMs;
	for (let isFirst = true; ; isFirst = false) {
		const outcome = await withdrawBatch(deps, null, batchId, isFirst);
		if (outcome.kind !== "found") return { kind: "absent" };
		const { withdrawal, waiting } = outcome;
		onProgress(withdrawal);
		if (waiting === 0) await resumeBatch(deps, batchId);
		if (waiting === 0 || deps.now() >= until) return { kind: "cancelled", withdrawal, waiting };
		await deps.pause(everyMs);
	}
}
