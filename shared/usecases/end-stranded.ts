import { UnreadableRows } from "../domain/faults.ts";
import type { Message, MessageChange } from "../domain/message.ts";
import { ended, expired } from "../domain/message-life.ts";
import type { Clock, MessageStore, PackStore } from "../ports.ts";
import { type ChangeDeps, changeMessages, lostOf, queueUnconfirmed } from "./change-messages.ts";

export type Stranding = ChangeDeps & {
	readonly messages: Pick<MessageStore, "readEach" | "change">;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly now: Clock;
};

/** The dictionary's "Transaction delivery failure": what it has for a message that was tried and tried, and never went. */
const neverWent = "254";

/**
 * Ends messages whose lane entry landed in the dead letters, and reports them: EXPIRED where they have (A19), else FAILED. What was
 * submitted is looked after by its watch, and left alone: its receipt may still come. An entry whose message another one holds comes here after ten
 * days, when no message lives any more: so the holder does not matter. May be done again.
 * @throws UnreadableRows once all others are done, where some cannot be read: their entry rests on.
 */
export async function endStranded(stranding: Stranding, messageIds: readonly number[]): Promise<void> {
	const { rows, unreadable } = await stranding.messages.readEach([...new Set(messageIds)]);
	const known = [...rows.values()];
	const at = stranding.now();
	const now = await changeMessages(stranding, known, (message) => endOf(message, at));
	/* They may have ended under that entry long ago, by somebody who died before the report. */
	await queueUnconfirmed(stranding, known);
	const left = [...unreadable, ...lostOf(known, now)];
	if (left.length > 0) throw new UnreadableRows("messages", left);
}

function endOf(message: Message, at: number): MessageChange | null {
	if (message.status !== "NEW") return null;
	return message.expiresAt <= at
		? expired(message, at)
		: ended(message, { status: "FAILED", errorCode: neverWent, at });
}
