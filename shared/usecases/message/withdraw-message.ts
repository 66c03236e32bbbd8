import type { Clock } from "../../clock.ts";
import type { Message } from "../../domain/message/message.ts";
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
	/** Another message than the client describes. */
	| { readonly kind: "unmeant" }
	| { readonly kind: "unscheduled" }
	/** It was claimed for its submit, or has ended otherwise. */
	| { readonly kind: "gone" };

const repeatDelaySeconds = 60;

/**
 * Withdraws a scheduled message: it is never submitted, and its end is reported (R8, A22, A23). Of a withdrawal and a
 * claim exactly one wins. A repeated withdrawal has the same outcome. If the report is not confirmed, it is queued again
 * in case the first attempt died before that, with a delay in which the first report is normally confirmed.
 */
export async function withdrawMessage(
	deps: WithdrawDeps,
	userName: string,
	messageId: number,
	isMeant: (message: Message) => boolean = () => true,
): Promise<WithdrawOutcome> {
	const message = (await deps.messages.read([messageId])).get(messageId);
	if (message === undefined) return { kind: "absent" };
	if (message.userName !== userName) return { kind: "foreign" };
	if (!isMeant(message)) return { kind: "unmeant" };
	if (message.schedule === null) return { kind: "unscheduled" };
	if (isWithdrawn(message)) {
		await queueUnconfirmedReports(deps, [message], { delaySeconds: repeatDelaySeconds });
		return { kind: "withdrawn" };
	}
	const at = deps.now();
	const rows = await changeMessages(deps, [message], (row) => withdrawn(row, at));
	const row = rows.get(messageId);
	return { kind: row !== undefined && isWithdrawn(row) ? "withdrawn" : "gone" };
}
