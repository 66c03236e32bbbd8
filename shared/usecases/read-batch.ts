import type { Message } from "../domain/message.ts";
import type { BatchStore, Clock, MessageStore } from "../ports.ts";
import { type HoldDeps, holdAgain } from "./hold-messages.ts";
import type { Reading } from "./read-message.ts";

export type BatchReading = Reading &
	HoldDeps & {
		readonly messages: Pick<MessageStore, "readEach">;
		readonly batches: Pick<BatchStore, "find">;
		readonly now: Clock;
	};

export type ReadMessage = { readonly message: Message; readonly informed: boolean };

export type ReadBatchOutcome =
	| { readonly kind: "found"; readonly messages: readonly ReadMessage[] }
	| { readonly kind: "foreign" }
	| { readonly kind: "absent" };

/**
 * The messages of a batch, in the order in which they were sent, for the account that sent them (R9). One that cannot be read now is left out. A batch
 * that is taken whole was committed before its messages had a holder, so this sees to that.
 */
export async function readBatch(reading: BatchReading, userName: string, batchId: number): Promise<ReadBatchOutcome> {
	const batch = await reading.batches.find(batchId);
	if (batch?.state !== "committed") return { kind: "absent" };
	if (batch.userName !== userName) return { kind: "foreign" };
	const { rows } = await reading.messages.readEach([...new Set(batch.messageIds)]);
	if (batch.whole) await holdAgain(reading, [...rows.values()], reading.now());
	const packs = [...rows.values()].flatMap(({ pack }) => pack ?? []);
	const confirmed = packs.length === 0 ? new Map() : await reading.packs.confirmed([...new Set(packs)]);
	const messages = batch.messageIds.flatMap((id) => {
		const message = rows.get(id);
		return message === undefined ? [] : [{ message, informed: confirmed.get(message.pack ?? "")?.has(id) ?? false }];
	});
	return { kind: "found", messages };
}
