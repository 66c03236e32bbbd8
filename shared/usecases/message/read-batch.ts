import type { Clock } from "../../clock.ts";
import type { Batch } from "../../domain/accept/batch.ts";
import type { Message } from "../../domain/message/message.ts";
import type { BatchStore } from "../accept/batch-store.ts";
import { ensureHeld, type HoldDeps } from "../accept/hold-messages.ts";
import { confirmedReports } from "../reports/confirmed-reports.ts";
import type { MessageStore } from "./message-store.ts";
import type { ReadDeps } from "./read-message.ts";

export type ReadBatchDeps = ReadDeps &
	HoldDeps & {
		readonly messages: Pick<MessageStore, "readEach">;
		readonly batches: Pick<BatchStore, "find">;
		readonly now: Clock;
	};

export type ReadMessage = {
	/** In the batch. */
	readonly index: number;
	readonly message: Message;
	readonly informed: boolean;
};

export type NoBatch = { readonly kind: "foreign" } | { readonly kind: "absent" };

export type ReadBatchOutcome =
	/** `count`: how many messages the batch has in all. */
	{ readonly kind: "found"; readonly messages: readonly ReadMessage[]; readonly count: number } | NoBatch;

/** @param userName null: any account's. */
export async function findBatch(
	{ batches }: Pick<ReadBatchDeps, "batches">,
	userName: string | null,
	batchId: number,
): Promise<{ readonly kind: "found"; readonly batch: Batch } | NoBatch> {
	const batch = await batches.find(batchId);
	if (batch?.state !== "committed") return { kind: "absent" };
	return userName === null || batch.userName === userName ? { kind: "found", batch } : { kind: "foreign" };
}

/**
 * Reads messages of a batch in the order of the request, for the account that sent it (R9): all of them, or a page.
 * Unreadable ones are left out. A fail-fast batch is committed before its messages have holders, so they get one here.
 */
export async function readBatch(
	deps: ReadBatchDeps,
	userName: string,
	batchId: number,
	page: { readonly from: number; readonly limit: number } = { from: 0, limit: Number.POSITIVE_INFINITY },
): Promise<ReadBatchOutcome> {
	const found = await findBatch(deps, userName, batchId);
	if (found.kind !== "found") return found;
	const { batch } = found;
	const ids = batch.messageIds.slice(page.from, page.from + page.limit);
	const { rows } = await deps.messages.readEach([...new Set(ids)]);
	if (batch.isFailFast) await ensureHeld(deps, [...rows.values()], deps.now());
	const isConfirmed = await confirmedReports(deps.reportBatches, [...rows.values()]);
	const messages = ids.flatMap((id, place) => {
		const message = rows.get(id);
		return message === undefined ? [] : [{ index: page.from + place, message, informed: isConfirmed(message) }];
	});
	return { kind: "found", messages, count: batch.messageIds.length };
}
