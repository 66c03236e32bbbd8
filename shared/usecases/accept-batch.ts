import type { Account } from "../domain/account.ts";
import type { Batch, BatchRequest } from "../domain/batch.ts";
import type { Message } from "../domain/message.ts";
import { batchIdOf } from "../domain/message-id.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { BatchStore, MessageStore } from "../ports.ts";
import { acceptFailFast } from "./accept-fail-fast.ts";
import type { Acceptance } from "./accept-messages.ts";
import { acceptTolerant } from "./accept-tolerant.ts";

export type BatchAcceptance = Acceptance & {
	readonly messages: Pick<MessageStore, "insert" | "read" | "takeBack">;
	readonly batches: BatchStore;
	readonly pause: (ms: number) => Promise<void>;
};

export type BatchOutcome =
	| { readonly kind: "accepted"; readonly batchId: number }
	/** This very batch was taken before (A28). */
	| { readonly kind: "replayed"; readonly batchId: number }
	| { readonly kind: "refused"; readonly refusal: Refusal };

/** What the rows of a batch have in common. */
export type BatchBirth = { readonly batchId: number; readonly now: number; readonly attempt: string };

/**
 * Takes a batch in (R10). Its row is written last: a batch that has one is whole, and the same batch again is told so. One
 * that died half-way has none, and its retry goes on where it stopped, for rows that carry the batch's id are its own.
 */
export async function acceptBatch(
	gateway: BatchAcceptance,
	account: Account,
	request: BatchRequest,
): Promise<BatchOutcome> {
	const { userName } = account;
	const clientIds = request.items.map(({ clientMessageId }) => clientMessageId);
	const batchId = batchIdOf(gateway.idKey, userName, clientIds, request.body);
	if ((await gateway.batches.find(batchId)) !== null) return { kind: "replayed", batchId };
	const birth = { batchId, now: gateway.now(), attempt: gateway.newAttempt() };
	const accept = request.failFast ? acceptFailFast : acceptTolerant;
	const taken = await accept(gateway, account, request.items, birth);
	if ("refusal" in taken) return { kind: "refused", refusal: taken.refusal };
	await gateway.batches.put(batchOf(userName, taken.rows, birth));
	return { kind: "accepted", batchId };
}

/** It is there as long as any of its messages. */
function batchOf(userName: string, rows: readonly Message[], { batchId, now }: BatchBirth): Batch {
	const messageIds = rows.map(({ messageId }) => messageId);
	const keepUntil = Math.max(...rows.map((row) => row.keepUntil));
	return { batchId, userName, messageIds, acceptedAt: now, keepUntil };
}
