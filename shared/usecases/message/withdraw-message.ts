import type { Clock } from "../../clock.ts";
import { isWithdrawn, withdrawn } from "../../domain/message/message-transitions.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import { type ChangeDeps, changeMessages, queueUnconfirmed } from "./change-messages.ts";
import type { MessageStore } from "./message-store.ts";

export type WithdrawDeps = ChangeDeps & {
	readonly messages: Pick<MessageStore, "read">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly now: Clock;
};

export type WithdrawOutcome =
	/** Now, or before. */
	| { readonly kind: "withdrawn" }
	| { readonly kind: "foreign" }
	| { readonly kind: "absent" }
	/** It was to go as soon as it might, not at a time of its client's. */
	| { readonly kind: "unscheduled" }
	/** It was handed on, or has ended otherwise. */
	| { readonly kind: "gone" };

/**
 * Withdraws a scheduled message for the account that sent it: it is never submitted, and its end is reported (R8, A22, A23). Of this and
 * the submitter's claim exactly one wins. Whoever asks again is told the same, and its report is seen to if the first try
 * died before that.
 */
export async function withdrawMessage(
	deps: WithdrawDeps,
	userName: string,
	messageId: number,
): Promise<WithdrawOutcome> {
	const message = (await deps.messages.read([messageId])).get(messageId);
	if (message === undefined) return { kind: "absent" };
	if (message.userName !== userName) return { kind: "foreign" };
	if (message.schedule === null) return { kind: "unscheduled" };
	if (isWithdrawn(message)) {
		await queueUnconfirmed(deps, [message]);
		return { kind: "withdrawn" };
	}
	const at = deps.now();
	const rows = await changeMessages(deps, [message], (row) => withdrawn(row, at));
	const row = rows.get(messageId);
	return { kind: row !== undefined && isWithdrawn(row) ? "withdrawn" : "gone" };
}
