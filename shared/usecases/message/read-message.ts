import type { Message } from "../../domain/message/message.ts";
import { confirmedReports } from "../reports/confirmed-reports.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import { findClientMessages } from "./find-client-messages.ts";
import type { MessageStore } from "./message-store.ts";
import { type PromiseDeps, promisedMessages } from "./promised-messages.ts";

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

export type ReadClientMessageDeps = ReadDeps & PromiseDeps;

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
	const found = (await findClientMessages(deps.messages, idKey, userName, [clientMessageId])).get(clientMessageId);
	const [message] = found === undefined ? [] : await promisedMessages(deps, [found]);
	if (message === undefined) return null;
	return { message, informed: await isInformed(deps, message) };
}

async function isInformed({ reportBatches }: ReadDeps, message: Message): Promise<boolean> {
	return (await confirmedReports(reportBatches, [message]))(message);
}
