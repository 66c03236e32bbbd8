import type { Message } from "../message/message.ts";
import type { MessageRequest } from "./message-request.ts";

const asked = ["recipient", "text", "sender", "priority", "flash"] as const satisfies readonly (keyof MessageRequest)[];

/** A default expiry lies a day from when its request came, and so differs between two that ask for the same. */
const defaultExpiryDriftMs = 24 * 60 * 60_000;

/**
 * Whether a request asks for the very message that is stored already, so that its client may be answered as before (A28). A window or an
 * expiry that it leaves to us is no difference.
 * @param request as it came, or as the row that it would make.
 */
export function isSameRequest(row: Message, request: Omit<MessageRequest, "clientMessageId">): boolean {
	const { schedule, timeBounds, expiresAt } = request;
	const drift = Math.abs(row.expiresAt - (expiresAt ?? row.expiresAt));
	return (
		asked.every((field) => row[field] === request[field]) &&
		row.schedule === schedule &&
		row.timeBounds === (timeBounds ?? row.timeBounds) &&
		drift <= defaultExpiryDriftMs
	);
}
