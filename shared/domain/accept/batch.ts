import type { Message, RefusableField } from "../message/message.ts";
import type { Refusal } from "../message/refusal.ts";
import type { MessageRequest } from "./message-request.ts";

/** The row of a batch: the ids of its messages, in the order of the request. */
export type Batch = {
	readonly batchId: number;
	readonly userName: string;
	readonly messageIds: readonly number[];
	readonly acceptedAt: number;
	readonly keepUntil: number;
	/** Accepted as a whole or not at all (R27), and committed before its messages are queued. A tolerant batch: after. */
	readonly isFailFast: boolean;
	readonly state: BatchState;
	/** Random id of the request that last wrote this row. */
	readonly attempt: string;
};

/** `committed`: accepted for good. `aborted`: its rows are deleted. Clients see committed batches only. */
export const batchStates = ["committed", "aborted"] as const;
export type BatchState = (typeof batchStates)[number];

/** What could be read of a refused message, for its report and its place in the batch (A24). */
export type RefusedRequest = Omit<MessageRequest, "clientMessageId" | "part" | "smpp" | "reportPreference"> & {
	readonly refusal: Refusal;
	readonly clientMessageId: string | null;
	/** The optional fields that were given and could not be read. */
	readonly unreadFields: readonly RefusableField[];
};

export type BatchItem = MessageRequest | RefusedRequest;

export type BatchRequest = {
	/** One bad message refuses all (R27). Otherwise each bad message gets a report (R28). */
	readonly failFast: boolean;
	/** 1 to 1,000. */
	readonly items: readonly BatchItem[];
	/** The request body: the same batch has the same body. */
	readonly body: string;
};

export function isRefused(item: BatchItem): item is RefusedRequest {
	return "refusal" in item;
}

export type BatchAttempt = { readonly batchId: number; readonly now: number; readonly attempt: string };

/** The committed row of a batch. It is kept as long as any of its messages. */
export function committedBatch(
	userName: string,
	{ batchId, now, attempt }: BatchAttempt,
	rows: readonly Pick<Message, "messageId" | "keepUntil">[],
	isFailFast: boolean,
): Batch {
	const messageIds = rows.map(({ messageId }) => messageId);
	const keepUntil = Math.max(...rows.map((row) => row.keepUntil));
	return { batchId, userName, messageIds, acceptedAt: now, keepUntil, isFailFast, state: "committed", attempt };
}
