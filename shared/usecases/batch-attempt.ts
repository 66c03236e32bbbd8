import type { Batch } from "../domain/batch.ts";
import type { BatchStore, MessageStore } from "../ports.ts";
import type { Acceptance } from "./accept-messages.ts";

export type BatchAcceptance = Acceptance & {
	readonly messages: Pick<MessageStore, "insert" | "read" | "change" | "takeBack">;
	readonly batches: BatchStore;
	readonly pause: (ms: number) => Promise<void>;
};

/** One request for a batch: what its rows have in common. */
export type BatchAttempt = { readonly batchId: number; readonly now: number; readonly attempt: string };

/** A batch's row, as this attempt commits it. */
export function batchOf(
	{ retentionMs }: Pick<Acceptance, "retentionMs">,
	userName: string,
	{ batchId, now, attempt }: BatchAttempt,
	{ messageIds, whole }: Pick<Batch, "messageIds" | "whole">,
): Batch {
	const keepUntil = now + retentionMs;
	return { batchId, userName, messageIds, acceptedAt: now, keepUntil, whole, state: "committed", attempt };
}
