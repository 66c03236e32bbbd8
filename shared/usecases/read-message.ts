import type { Message } from "../domain/message.ts";
import type { MessageStore, PackStore } from "../ports.ts";

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
	const { pack } = message;
	if (pack === null) return { kind: "found", message, informed: false };
	const informed = (await reading.packs.confirmed([pack])).get(pack)?.has(messageId) ?? false;
	return { kind: "found", message, informed };
}
