import type { Message } from "../message/message.ts";
import type { Operator } from "../message/operators.ts";
import type { MessageStatus } from "../message/statuses.ts";
import type { Period } from "./search-entry.ts";

/** What a search of messages asks for. Null: any. */
export type MessageCriteria = Period & {
	readonly userName: string | null;
	readonly messageId: number | null;
	readonly clientMessageId: string | null;
	readonly batchId: number | null;
	/** An SMSC's own id of a segment; of any operator if none is named. */
	readonly smscId: string | null;
	readonly operator: Operator | null;
	/** Eleven digits beginning with 7. */
	readonly recipient: string | null;
	readonly sender: string | null;
	readonly status: MessageStatus | null;
};

export const anyMessage: MessageCriteria = {
	...{ userName: null, messageId: null, clientMessageId: null, batchId: null, smscId: null, operator: null },
	...{ recipient: null, sender: null, status: null, from: null, to: null },
};

/** How messages are found: by what leads to the fewest of them. */
export type AccessPath =
	| { readonly kind: "message"; readonly messageId: number }
	| { readonly kind: "client_message"; readonly userName: string; readonly clientMessageId: string }
	| { readonly kind: "smsc"; readonly smscId: string; readonly operator: Operator | null }
	| { readonly kind: "batch"; readonly batchId: number }
	| { readonly kind: "recipient"; readonly recipient: string };

/** Null if the criteria lead to no messages: all of them would have to be read. */
export function accessPathOf(criteria: MessageCriteria): AccessPath | null {
	const { messageId, clientMessageId, userName, smscId, operator, batchId, recipient } = criteria;
	if (messageId !== null) return { kind: "message", messageId };
	if (clientMessageId !== null && userName !== null) return { kind: "client_message", userName, clientMessageId };
	if (smscId !== null) return { kind: "smsc", smscId, operator };
	if (batchId !== null) return { kind: "batch", batchId };
	return recipient === null ? null : { kind: "recipient", recipient };
}

const served = {
	recipient: { userName: true, recipient: true, from: true, to: true },
	batch: { userName: true, batchId: true },
} as const satisfies Record<string, { readonly [Name in keyof MessageCriteria]?: true }>;

/** Whether an access path leads to messages that are not wanted, so that their rows decide. */
export function hasFilter(criteria: MessageCriteria, path: keyof typeof served): boolean {
	return Object.entries(criteria).some(([name, value]) => value !== null && !(name in served[path]));
}

const fits = <Value>(wanted: Value | null, value: Value) => wanted === null || wanted === value;

/** Whether a message meets every criterion. */
export function isWanted(criteria: MessageCriteria, message: Message): boolean {
	const { from, to, smscId } = criteria;
	return (
		fits(criteria.userName, message.userName) &&
		fits(criteria.messageId, message.messageId) &&
		fits<string | null>(criteria.clientMessageId, message.clientMessageId) &&
		fits<number | null>(criteria.batchId, message.batchId) &&
		fits<Operator | null>(criteria.operator, message.operator) &&
		fits(criteria.recipient, message.recipient) &&
		fits(criteria.sender, message.sender) &&
		fits(criteria.status, message.status) &&
		(smscId === null || message.segments.some((segment) => segment.smscId === smscId)) &&
		message.acceptedAt >= (from ?? 0) &&
		message.acceptedAt <= (to ?? Number.POSITIVE_INFINITY)
	);
}
