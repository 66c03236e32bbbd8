import type { Clock } from "../../clock.ts";
import { UnreadableRows } from "../../domain/faults.ts";
import type { Message, MessageChange } from "../../domain/message/message.ts";
import { ended, expired } from "../../domain/message/message-transitions.ts";
import { type ChangeDeps, changeMessages, missingFrom, queueUnconfirmedReports } from "../message/change-messages.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";

export type EndDeadLetteredDeps = ChangeDeps & {
	readonly messages: Pick<MessageStore, "readEach" | "change">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly now: Clock;
};

/** The dictionary's "Transaction delivery failure", for a message that was never submitted. */
const transactionFailure = "254";

/**
 * Ends NEW messages whose lane entry became a dead letter, and reports them: EXPIRED if they have expired (A19), else
 * FAILED. Submitted messages have a watch row. The holder does not matter: an entry whose message another one holds
 * takes ten days to get here, and no message lives that long (ADR 0008). May be repeated.
 * @throws UnreadableRows once all others are done, if some cannot be read. Their entry must stay.
 */
export async function endDeadLettered(deps: EndDeadLetteredDeps, messageIds: readonly number[]): Promise<void> {
	const { rows, unreadable } = await deps.messages.readEach([...new Set(messageIds)]);
	const known = [...rows.values()];
	const at = deps.now();
	const now = await changeMessages(deps, known, (message) => endOf(message, at));
	/* They may have ended before, by a process that died before the report. */
	await queueUnconfirmedReports(deps, known);
	const left = [...unreadable, ...missingFrom(known, now)];
	if (left.length > 0) throw new UnreadableRows("messages", left);
}

function endOf(message: Message, at: number): MessageChange | null {
	if (message.status !== "NEW") return null;
	return message.expiresAt <= at
		? expired(message, at)
		: ended(message, { status: "FAILED", errorCode: transactionFailure, at });
}
