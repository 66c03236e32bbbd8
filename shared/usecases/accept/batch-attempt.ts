import type { Batch } from "../../domain/accept/batch.ts";
import type { Message } from "../../domain/message/message.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { AcceptDeps } from "./accept-messages.ts";
import type { BatchStore } from "./batch-store.ts";

export type AcceptBatchDeps = AcceptDeps & {
	readonly messages: Pick<MessageStore, "insert" | "read" | "change" | "undoInsert">;
	readonly batches: BatchStore;
};

/** One request for a batch: what its rows have in common. */
export type BatchAttempt = { readonly batchId: number; readonly now: number; readonly attempt: string };

/** A batch's row, as this attempt commits it. It is there as long as any of its messages. */
export function batchOf(
	userName: string,
	{ batchId, now, attempt }: BatchAttempt,
	rows: readonly Pick<Message, "messageId" | "keepUntil">[],
	isFailFast: boolean,
): Batch {
	const messageIds = rows.map(({ messageId }) => messageId);
	const keepUntil = Math.max(...rows.map((row) => row.keepUntil));
	return { batchId, userName, messageIds, acceptedAt: now, keepUntil, isFailFast, state: "committed", attempt };
}
