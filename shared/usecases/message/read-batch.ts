import type { Clock } from "../../clock.ts";
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

export type ReadBatchOutcome =
	/** `count`: how many messages the batch has in all. */
	| { readonly kind: "found"; readonly messages: readonly ReadMessage[]; readonly count: number }
	| { readonly kind: "foreign" }
	| { readonly kind: "absent" };

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
	const batch = await deps.batches.find(batchId);
	if (batch?.state !== "committed") return { kind: "absent" };
	if (batch.userName !== userName) return { kind: "foreign" };
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
