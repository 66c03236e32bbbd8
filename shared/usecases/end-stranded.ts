import { UnreadableRows } from "../domain/faults.ts";
import type { Message, MessageChange } from "../domain/message.ts";
import { ended, expired, isHeldByOther } from "../domain/message-life.ts";
import type { Clock, MessageStore, PackStore } from "../ports.ts";
import { type ChangeDeps, changeMessages, lostOf, queueUnconfirmed } from "./change-messages.ts";

export type Stranding = ChangeDeps & {
	readonly messages: Pick<MessageStore, "readEach" | "change">;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly now: Clock;
};

/** The dictionary's "Transaction delivery failure": what it has for a message that was tried and tried, and never went. */
const neverWent = "254";

/** A lane entry that was received too often. It keeps its id among the dead letters. */
export type StrandedEntry = { readonly entryId: string; readonly messageIds: readonly number[] };

/**
 * Ends messages whose lane entry landed in the dead letters, and reports them: EXPIRED where they have (A19), else FAILED. What was
 * submitted is looked after by its watch, and left alone: its receipt may still come; so is what another entry holds. May be done again.
 * @throws UnreadableRows once all others are done, where some cannot be read: their entry rests on.
 */
export async function endStranded(stranding: Stranding, entries: readonly StrandedEntry[]): Promise<void> {
	const entryIds = new Map<number, string[]>();
	for (const { entryId, messageIds } of entries)
		for (const id of messageIds) entryIds.set(id, [...(entryIds.get(id) ?? []), entryId]);
	const { rows, unreadable } = await stranding.messages.readEach([...entryIds.keys()]);
	const known = [...rows.values()];
	const at = stranding.now();
	const now = await changeMessages(stranding, known, (message) => {
		const isTheirs = isHeldByOther(message, entryIds.get(message.messageId) ?? []);
		return isTheirs ? null : endOf(message, at);
	});
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
