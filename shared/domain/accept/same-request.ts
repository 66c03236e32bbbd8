import type { Message } from "../message/message.ts";
import type { MessageRequest } from "./message-request.ts";

const compared = [
	"recipient",
	"text",
	"sender",
	"priority",
	"flash",
] as const satisfies readonly (keyof MessageRequest)[];

/** A default expiry depends on when the request came, so it differs between equal requests. */
const defaultExpiryDriftMs = 24 * 60 * 60_000;

/**
 * Whether a request asks for the message that is stored already, so the client gets the same answer as before (A28).
 * A window or an expiry that the request does not give is no difference.
 * @param request as it came, or as the row that it would make.
 */
export function isSameRequest(row: Message, request: Omit<MessageRequest, "clientMessageId">): boolean {
	const { schedule, timeBounds, expiresAt } = request;
	const drift = Math.abs(row.expiresAt - (expiresAt ?? row.expiresAt));
	return (
		compared.every((field) => row[field] === request[field]) &&
		row.schedule === schedule &&
		row.timeBounds === (timeBounds ?? row.timeBounds) &&
		drift <= defaultExpiryDriftMs
	);
}
