import type { Clock } from "../../clock.ts";
import { UnreadableRows } from "../../domain/faults.ts";
import type { Message, MessageChange } from "../../domain/message/message.ts";
import { ended, expired } from "../../domain/message/message-transitions.ts";
import { type ChangeDeps, changeMessages, missingFrom, queueUnconfirmed } from "../message/change-messages.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";

export type EndDeadLetteredDeps = ChangeDeps & {
	readonly messages: Pick<MessageStore, "readEach" | "change">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly now: Clock;
};

/** The dictionary's "Transaction delivery failure": what it has for a message that was tried and tried, and never went. */
const transactionFailure = "254";

/**
 * Ends messages whose lane entry landed in the dead letters, and reports them: EXPIRED where they have (A19), else FAILED. What was
 * submitted is looked after by its watch, and left alone: its receipt may still come. An entry whose message another one holds comes here after ten
 * days, when no message lives any more: so the holder does not matter. May be done again.
 * @throws UnreadableRows once all others are done, where some cannot be read: their entry rests on.
 */
export async function endDeadLettered(deps: EndDeadLetteredDeps, messageIds: readonly number[]): Promise<void> {
	const { rows, unreadable } = await deps.messages.readEach([...new Set(messageIds)]);
	const known = [...rows.values()];
	const at = deps.now();
	const now = await changeMessages(deps, known, (message) => endOf(message, at));
	/* They may have ended under that entry long ago, by somebody who died before the report. */
	await queueUnconfirmed(deps, known);
	const left = [...unreadable, ...missingFrom(known, now)];
	if (left.length > 0) throw new UnreadableRows("messages", left);
}

function endOf(message: Message, at: number): MessageChange | null {
	if (message.status !== "NEW") return null;
	return message.expiresAt <= at
		? expired(message, at)
		: ended(message, { status: "FAILED", errorCode: transactionFailure, at });
}
