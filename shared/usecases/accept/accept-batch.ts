import { type Batch, type BatchRequest, committedBatch } from "../../domain/accept/batch.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { batchIdOf } from "../../domain/message/message-id.ts";
import type { Refusal } from "../../domain/message/refusal.ts";
import { acceptFailFast } from "./accept-fail-fast.ts";
import type { AcceptDeps } from "./accept-messages.ts";
import { acceptTolerant } from "./accept-tolerant.ts";
import type { BatchStore } from "./batch-store.ts";
import { ensureHeld } from "./hold-messages.ts";

export type AcceptBatchDeps = AcceptDeps & { readonly batches: BatchStore };

export type BatchOutcome =
	| { readonly kind: "accepted"; readonly batchId: number }
	/** The same batch was accepted before (A28). */
	| { readonly kind: "replayed"; readonly batchId: number }
	| { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Accepts a batch (R10). A repeated batch is replayed once it is committed, and otherwise carried out again. A tolerant
 * batch is committed when all its messages have a holder; a fail-fast one before, so its replay gives them holders.
 */
export async function acceptBatch(
	gateway: AcceptBatchDeps,
	account: Account,
	request: BatchRequest,
): Promise<BatchOutcome> {
	const { userName } = account;
	const clientIds = request.items.map(({ clientMessageId }) => clientMessageId);
	const batchId = batchIdOf(gateway.idKey, userName, clientIds, request.body);
	const known = await gateway.batches.find(batchId);
	const now = gateway.now();
	if (known?.state === "committed") return await replay(gateway, known, now);
	const own = { batchId, now, attempt: gateway.newAttempt() };
	if (request.failFast) {
		const taken = await acceptFailFast(gateway, account, request.items, own, known);
		if (taken.kind === "committed") return await replay(gateway, taken.batch, now);
		return taken.kind === "refused" ? taken : { kind: "accepted", batchId };
	}
	const rows = await acceptTolerant(gateway, account, request.items, own);
	await gateway.batches.put(committedBatch(userName, own, rows, false));
	return { kind: "accepted", batchId };
}

async function replay(gateway: AcceptBatchDeps, batch: Batch, now: number): Promise<BatchOutcome> {
	if (batch.isFailFast) {
		const rows = await gateway.messages.read(batch.messageIds);
		await ensureHeld(gateway, [...rows.values()], now);
	}
	return { kind: "replayed", batchId: batch.batchId };
}
