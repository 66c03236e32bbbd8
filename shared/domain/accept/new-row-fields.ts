import type { Account } from "../accounts/account.ts";
import type { RefusedRequest } from "./batch.ts";
import type { MessageRequest, UnnamedRequest } from "./message-request.ts";

export type CreationContext = {
	readonly now: number;
	readonly messageId: number;
	readonly attempt: string;
	readonly batchId: number | null;
	readonly isFailFast?: boolean;
	readonly retentionMs: number;
	readonly clientAddress?: string | null;
	/** The report batch that reports it, if it ends on acceptance. */
	readonly reportBatchId: string;
};

/** What every new row says, whether the message may be sent or not. */
export const newRowFields = (
	{ userName }: Account,
	request: MessageRequest | UnnamedRequest | RefusedRequest,
	{ messageId, attempt, batchId, now, clientAddress = null }: CreationContext,
) =>
	({
		messageId,
		userName,
		clientMessageId: request.clientMessageId,
		attempt,
		batchId,
		sender: request.sender,
		recipient: request.recipient,
		text: request.text,
		finalText: "keep",
		textDigest: null,
		priority: request.priority,
		flash: request.flash,
		schedule: request.schedule,
		acceptedAt: now,
		clientAddress,
		statusAt: now,
		sentAt: null,
		confirmedAt: null,
		retryCount: 0,
		holder: null,
		waitsUntil: null,
		pausedAt: null,
		repeated: null,
		refused: null,
		segments: [],
		bindIndex: null,
		history: [],
		sentReportBatchId: null,
		enRouteReportBatchId: null,
		revision: 0,
	}) as const;
