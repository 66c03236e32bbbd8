import type { Message } from "../domain/message.ts";
import type { BatchStore, Clock, MessageStore, PackStore } from "../ports.ts";
import { findClientMessages } from "./find-client-messages.ts";
import { type HoldDeps, holdAgain } from "./hold-messages.ts";

export type Reading = {
	readonly messages: Pick<MessageStore, "read">;
	readonly packs: Pick<PackStore, "confirmed">;
};

export type ReadOutcome =
	| { readonly kind: "found"; readonly message: Message; readonly informed: boolean }
	| { readonly kind: "foreign" }
	| { readonly kind: "absent" };

/** A message by its id, for the account that sent it; `informed` once a report of its end was confirmed (R31). */
export async function readMessage(reading: Reading, userName: string, messageId: number): Promise<ReadOutcome> {
	const message = (await reading.messages.read([messageId])).get(messageId);
	if (message === undefined) return { kind: "absent" };
	if (message.userName !== userName) return { kind: "foreign" };
	return { kind: "found", message, informed: await isInformed(reading, message) };
}

export type ClientReading = Reading & HoldDeps & { readonly batches: Pick<BatchStore, "find">; readonly now: Clock };

/**
 * A message by its client's own id, for the account that sent it; null where it sent none such (R12). The client that asks may never have been
 * answered for it; this is the answer, so the message has a holder now. One of a batch that is not committed is not there yet.
 */
export async function readClientMessage(
	reading: ClientReading,
	idKey: string,
	userName: string,
	clientMessageId: string,
): Promise<{ readonly message: Message; readonly informed: boolean } | null> {
	const message = (await findClientMessages(reading.messages, idKey, userName, [clientMessageId])).get(clientMessageId);
	if (message === undefined || !(await isPromised(reading, message))) return null;
	return { message, informed: await isInformed(reading, message) };
}

async function isPromised(reading: ClientReading, message: Message): Promise<boolean> {
	if (message.revision > 0) return true;
	if (message.whole && (await reading.batches.find(message.batchId ?? 0))?.state !== "committed") return false;
	return (await holdAgain(reading, [message], reading.now())).get(message.messageId) === "held";
}

async function isInformed({ packs }: Reading, { messageId, pack }: Message): Promise<boolean> {
	if (pack === null) return false;
	return (await packs.confirmed([pack])).get(pack)?.has(messageId) ?? false;
}
