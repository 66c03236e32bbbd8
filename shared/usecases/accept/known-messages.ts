import type { Account } from "../../domain/accounts/account.ts";
import type { Message } from "../../domain/message/message.ts";
import { findClientMessages } from "../message/find-client-messages.ts";
import { ensureKnownHeld, type StoreDeps } from "./store-messages.ts";

/** Reads the messages that were accepted before with these client_message_ids. Each has a holder. */
export async function knownMessages(
	deps: StoreDeps,
	{ userName }: Account,
	clientMessageIds: readonly string[],
	now: number,
): Promise<ReadonlyMap<string, Message>> {
	const rows = await findClientMessages(deps.messages, deps.idKey, userName, clientMessageIds);
	const held = await ensureKnownHeld(deps, [...rows.values()], now);
	return new Map([...rows].filter(([, { messageId }]) => held.get(messageId) === "held"));
}
