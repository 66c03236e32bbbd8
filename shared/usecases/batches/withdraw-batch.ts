import { type BatchWithdrawal, batchWithdrawalView, isWithdrawnUnsent } from "../../domain/batches/batch-summary.ts";
import { watchHolder } from "../../domain/message/message.ts";
import { withdrawnFromBatch } from "../../domain/message/message-transitions.ts";
import { ensureHeld } from "../accept/hold-messages.ts";
import { type ChangeDeps, changeMessages, queueUnconfirmedReports } from "../message/change-messages.ts";
import { findBatch, type NoBatch, type ReadBatchDeps } from "../message/read-batch.ts";

export type WithdrawBatchDeps = ReadBatchDeps & ChangeDeps;

export type WithdrawBatchOutcome =
	/** `waiting`: how many of those that go on wait for a submit. */
	{ readonly kind: "found"; readonly withdrawal: BatchWithdrawal; readonly waiting: number } | NoBatch;

const repeatDelaySeconds = 60;

/**
 * Withdraws the messages of a batch that have certainly not gone (A52): they are never submitted, and their ends are
 * reported. The others go on: those of a committed fail-fast batch have a holder when this returns. A repeated call
 * withdraws what can be withdrawn by then, and queues reports again that are not confirmed.
 * @param userName null: for an operator, of any account. The answer then promises the client nothing, so the others get no holder.
 * @param requeue whether reports that are not confirmed are queued again, because an earlier call may have died.
 */
export async function withdrawBatch(
	deps: WithdrawBatchDeps,
	userName: string | null,
	batchId: number,
	requeue = true,
): Promise<WithdrawBatchOutcome> {
	const found = await findBatch(deps, userName, batchId);
	if (found.kind !== "found") return found;
	const ids = [...new Set(found.batch.messageIds)];
	const { rows } = await deps.messages.readEach(ids);
	const at = deps.now();
	const [before, others] = [true, false].map((is) => [...rows.values()].filter((row) => isWithdrawnUnsent(row) === is));
	const wanted = (others ?? []).filter((row) => withdrawnFromBatch(row, at) !== null);
	const changed = await changeMessages(deps, wanted, (row) => withdrawnFromBatch(row, at));
	if (requeue) await queueUnconfirmedReports(deps, before ?? [], { delaySeconds: repeatDelaySeconds });
	const now = [...rows.values()].flatMap((row) => (wanted.includes(row) ? (changed.get(row.messageId) ?? []) : row));
	if (found.batch.isFailFast && userName !== null) await ensureHeld(deps, now, at);
	const waiting = now.filter(({ status, holder }) => status === "NEW" && holder !== watchHolder).length;
	return { kind: "found", withdrawal: batchWithdrawalView(batchId, ids.length, now), waiting };
}
