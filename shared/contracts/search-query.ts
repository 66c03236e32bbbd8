import type { ErrorCode } from "../domain/message/error-codes.ts";
import { Refusal } from "../domain/message/refusal.ts";
import { type MessageStatus, statuses } from "../domain/message/statuses.ts";
import { normalRecipient } from "../domain/numbers/recipient.ts";
import { anyMessage, type MessageCriteria } from "../domain/search/message-criteria.ts";
import type { Period } from "../domain/search/search-entry.ts";
import { instantFromAlmatyText } from "../domain/time/almaty-time.ts";

/** The parameters of a search, as they are in the query (A52). */
export type SearchQuery = Readonly<Record<string, string | undefined>>;

/** @throws Refusal that says what the parameter must be. */
export function parameter<Value>(
	query: SearchQuery,
	field: string,
	read: (text: string) => Value | null,
	allowed: string,
	code: ErrorCode | null = null,
): Value | null {
	const text = query[field];
	const value = text === undefined ? null : read(text.trim());
	if (text !== undefined && value === null) throw new Refusal(code, { field, detail: `${field} must be ${allowed}` });
	return value;
}

const id = (text: string) => {
	const value = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
	return Number.isSafeInteger(value) ? value : null;
};
const nonEmpty = (text: string) => (text.length >= 1 && text.length <= 64 ? text : null);
const statusIn = (text: string): MessageStatus | null => statuses.find((one) => one === text.toUpperCase()) ?? null;

const almatyTime = "a time of Almaty such as 2026-11-28 09:00:00";
const secondMs = 1_000;

/** Times are in whole seconds, so the second of `to` is included. */
function periodIn(query: SearchQuery): Period {
	const from = parameter(query, "from", instantFromAlmatyText, almatyTime);
	const to = parameter(query, "to", instantFromAlmatyText, almatyTime);
	if (from !== null && to !== null && from > to)
		throw new Refusal(null, { field: "to", detail: "to must be at from or later" });
	return { from, to: to === null ? null : to + secondMs - 1 };
}

export const numberForms = "a mobile number of Kazakhstan such as 77010000000";

/** @throws Refusal for a wrong parameter, and if none leads to few messages. */
export function messageCriteriaIn(query: SearchQuery, userName: string): MessageCriteria {
	const criteria = {
		...anyMessage,
		userName,
		messageId: parameter(query, "message_id", id, "the id of a message"),
		clientMessageId: parameter(query, "client_message_id", nonEmpty, "1 to 64 characters"),
		batchId: parameter(query, "batch_id", id, "the id of a batch"),
		recipient: parameter(query, "recipient", normalRecipient, numberForms, "11"),
		sender: parameter(query, "sender", nonEmpty, "the name of a sender"),
		status: parameter(query, "status", statusIn, `one of ${statuses.join(", ")}`),
		...periodIn(query),
	};
	const { messageId, clientMessageId, batchId, recipient } = criteria;
	if (messageId !== null || clientMessageId !== null || batchId !== null || recipient !== null) return criteria;
	throw new Refusal(null, {
		field: "recipient",
		detail:
			"give recipient, client_message_id, batch_id or message_id; sender, status, from and to only narrow a search",
	});
}

export type IncomingQuery = Period & { readonly sender: string | null; readonly recipient: string | null };

/** A subscriber's number in every form, or an address that is no number; a short code as it is. */
const addressIn = (text: string) => normalRecipient(text) ?? nonEmpty(text);

/** @throws Refusal for a wrong parameter, and without sender and recipient. */
export function incomingCriteriaIn(query: SearchQuery): IncomingQuery {
	const sender = parameter(query, "sender", addressIn, "the number of a subscriber");
	const recipient = parameter(query, "recipient", nonEmpty, "a short code");
	if (sender !== null || recipient !== null) return { sender, recipient, ...periodIn(query) };
	throw new Refusal(null, {
		field: "sender",
		detail: "give sender, the subscriber's number, or recipient, your short code; from and to only narrow a search",
	});
}
