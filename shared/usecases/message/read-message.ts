import type { Clock } from "../../clock.ts";
import type { Message } from "../../domain/message/message.ts";
import type { BatchStore } from "../accept/batch-store.ts";
import { ensureHeld, type HoldDeps } from "../accept/hold-messages.ts";
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

/** A message by its id, for the account that sent it; `informed` once a report of its end was confirmed (R31). */
export async function readMessage(deps: ReadDeps, userName: string, messageId: number): Promise<ReadOutcome> {
	const message = (await deps.messages.read([messageId])).get(messageId);
	if (message === undefined) return { kind: "absent" };
	if (message.userName !== userName) return { kind: "foreign" };
	return { kind: "found", message, informed: await isInformed(deps, message) };
}

export type ReadClientMessageDeps = ReadDeps &
	HoldDeps & { readonly batches: Pick<BatchStore, "find">; readonly now: Clock };

/**
 * A message by its client's own id, for the account that sent it; null where it sent none such (R12). The client that asks may never have been
 * answered for it; this is the answer, so the message has a holder now. One of a batch that is not committed is not there yet.
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

async function isInformed({ reportBatches }: ReadDeps, { messageId, reportBatchId }: Message): Promise<boolean> {
	if (reportBatchId === null) return false;
	return (await reportBatches.confirmed([reportBatchId])).get(reportBatchId)?.has(messageId) ?? false;
}
