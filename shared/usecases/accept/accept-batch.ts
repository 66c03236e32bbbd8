import { type Batch, type BatchRequest, committedBatch } from "../../domain/accept/batch.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { batchIdOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { acceptFailFast } from "./accept-fail-fast.ts";
import type { AcceptRequestsDeps } from "./accept-messages.ts";
import { acceptTolerant } from "./accept-tolerant.ts";
import type { BatchStore } from "./batch-store.ts";
import { ensureHeld } from "./hold-messages.ts";

export type AcceptBatchDeps = AcceptRequestsDeps & { readonly batches: BatchStore };

export type BatchOutcome =
	| { readonly kind: "accepted"; readonly batchId: number }
	| { readonly kind: "replayed"; readonly batchId: number }
	| { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Accepts a batch within the account's limits (R10). A repeated batch is replayed once it is committed, and otherwise carried out again. A tolerant
 * batch is committed when all its messages have a holder; a fail-fast one before, so its replay gives them holders.
 */
export async function acceptBatch(
	deps: AcceptBatchDeps,
	account: Account,
	request: BatchRequest,
): Promise<BatchOutcome> {
	const { userName } = account;
	const clientIds = request.items.map(({ clientMessageId }) => clientMessageId);
	const batchId = batchIdOf(deps.idKey, userName, clientIds, request.body);
	const known = await deps.batches.find(batchId);
	const now = deps.now();
	if (known?.state === "committed") return await replay(deps, known, now);
	const own = { batchId, now, attempt: deps.newAttempt() };
	if (request.failFast) {
		const taken = await acceptFailFast(deps, account, request.items, own, known);
		if (taken.kind === "committed") return await replay(deps, taken.batch, now);
		return taken.kind === "refused" ? taken : { kind: "accepted", batchId };
	}
	const rows = await acceptTolerant(deps, account, request.items, own);
	if (rows instanceof Refusal) return { kind: "refused", refusal: rows };
	await deps.batches.put(committedBatch(userName, own, rows, false));
	return { kind: "accepted", batchId };
}

async function replay(deps: AcceptBatchDeps, batch: Batch, now: number): Promise<BatchOutcome> {
	if (batch.isFailFast) {
		const rows = await deps.messages.read(batch.messageIds);
		await ensureHeld(deps, [...rows.values()], now);
	}
	return { kind: "replayed", batchId: batch.batchId };
}
