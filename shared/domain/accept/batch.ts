import type { Message } from "../message/message.ts";
import type { Refusal } from "../message/refusal.ts";
import type { MessageRequest } from "./message-request.ts";

/** Messages that were sent together, as they are stored: which they are, in the order in which they were sent. */
export type Batch = {
	readonly batchId: number;
	readonly userName: string;
	readonly messageIds: readonly number[];
	readonly acceptedAt: number;
	readonly keepUntil: number;
	/** Whether it is taken whole or not at all (R27). Then it is committed before its messages are sent, else when all of them have a holder. */
	readonly isFailFast: boolean;
	readonly state: BatchState;
	/** The request that wrote this row last, at random. */
	readonly attempt: string;
};

/** `committed`: taken; it is never taken back. `aborted`: not taken, and rows of it are deleted. Only a committed batch is there for its client. */
export const batchStates = ["committed", "aborted"] as const;
export type BatchState = (typeof batchStates)[number];

/** What could be read of a message that is refused, for its report and its place in the batch (A24). */
export type RefusedRequest = {
	readonly refusal: Refusal;
	readonly clientMessageId: string | null;
	readonly recipient: string;
	readonly sender: string;
	readonly text: string;
};

export type BatchItem = MessageRequest | RefusedRequest;

export type BatchRequest = {
	/** One bad message refuses all (R27); else what is wrong with one comes in its report (R28). */
	readonly failFast: boolean;
	/** 1 to 1,000. */
	readonly items: readonly BatchItem[];
	/** The body, to tell the same batch by. */
	readonly body: string;
};

export function isRefused(item: BatchItem): item is RefusedRequest {
	return "refusal" in item;
}

/** What all rows of one request for a batch have in common. */
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
