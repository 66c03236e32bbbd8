import type { Clock } from "../../clock.ts";
import type { Message } from "../../domain/message/message.ts";
import type { BatchStore } from "../accept/batch-store.ts";
import { ensureHeld, type HoldDeps } from "../accept/hold-messages.ts";
import { confirmedReports } from "../reports/confirmed-reports.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import { findClientMessages } from "./find-client-messages.ts";
import type { MessageStore } from "./message-store.ts";

export type ReadDeps = {
	readonly messages: Pick<MessageStore, "read">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
};

export type ReadOutcome =
	| { readonly kind: "found"; readonly message: Message; readonly informed: boolean }
	| { readonly kind: "foreign" }
	| { readonly kind: "absent" };

/** Reads a message by its id, for the account that sent it. `informed`: the report of its end is confirmed (R31). */
export async function readMessage(deps: ReadDeps, userName: string, messageId: number): Promise<ReadOutcome> {
	const message = (await deps.messages.read([messageId])).get(messageId);
	if (message === undefined) return { kind: "absent" };
	if (message.userName !== userName) return { kind: "foreign" };
	return { kind: "found", message, informed: await isInformed(deps, message) };
}

export type ReadClientMessageDeps = ReadDeps &
	HoldDeps & { readonly batches: Pick<BatchStore, "find">; readonly now: Clock };

/**
 * Reads a message by client_message_id; null: none (R12). This answer accepts the message, so it has a holder when this
 * returns. A message of an uncommitted batch is not found.
 */
export async function readClientMessage(
	deps: ReadClientMessageDeps,
	idKey: string,
	userName: string,
	clientMessageId: string,
): Promise<{ readonly message: Message; readonly informed: boolean } | null> {
	const message = (await findClientMessages(deps.messages, idKey, userName, [clientMessageId])).get(clientMessageId);
	if (message === undefined || !(await isPromised(deps, message))) return null;
	return { message, informed: await isInformed(deps, message) };
}

async function isPromised(deps: ReadClientMessageDeps, message: Message): Promise<boolean> {
	if (message.revision > 0) return true;
	if (message.isFailFast && (await deps.batches.find(message.batchId ?? 0))?.state !== "committed") return false;
	return (await ensureHeld(deps, [message], deps.now())).get(message.messageId) === "held";
}

async function isInformed({ reportBatches }: ReadDeps, message: Message): Promise<boolean> {
	return (await confirmedReports(reportBatches, [message]))(message);
}
