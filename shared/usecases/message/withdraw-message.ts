import type { Clock } from "../../clock.ts";
import { isWithdrawn, withdrawn } from "../../domain/message/message-transitions.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import { type ChangeDeps, changeMessages, queueUnconfirmedReports } from "./change-messages.ts";
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
	| { readonly kind: "unscheduled" }
	/** It was claimed for its submit, or has ended otherwise. */
	| { readonly kind: "gone" };

/**
 * Withdraws a scheduled message: it is never submitted, and its end is reported (R8, A22, A23). Of a withdrawal and a
 * claim exactly one wins. A repeated withdrawal has the same outcome, and queues the report again if it is not
 * confirmed.
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
		await queueUnconfirmedReports(deps, [message]);
		return { kind: "withdrawn" };
	}
	const at = deps.now();
	const rows = await changeMessages(deps, [message], (row) => withdrawn(row, at));
	const row = rows.get(messageId);
	return { kind: row !== undefined && isWithdrawn(row) ? "withdrawn" : "gone" };
}
