import type { Message } from "../message/message.ts";
import type { MessageRequest } from "./message-request.ts";

const compared = [
	"recipient",
	"text",
	"sender",
	"priority",
	"flash",
	"schedule",
] as const satisfies readonly (keyof MessageRequest)[];

/**
 * Whether a request asks for the message that is stored already, so the client gets the same answer as before (A28).
 * Every field that the client gave counts. A default that has moved since, with the clock or the account, is no difference.
 */
export function isSameRequest(row: Message, request: Omit<MessageRequest, "clientMessageId">): boolean {
	return compared.every((field) => row[field] === request[field]) && hasSameTimes(row, request);
}

/** A default expiry depends on when the request came, so it differs between equal requests. */
const defaultExpiryDriftMs = 24 * 60 * 60_000;

function hasSameTimes(row: Message, { timeBounds, expiresAt }: Omit<MessageRequest, "clientMessageId">): boolean {
	const { given } = row;
	const isSameWindow = row.timeBounds === (timeBounds ?? row.timeBounds);
	/* A row of an earlier version does not say what its request gave. */
	if (given === null)
		return isSameWindow && Math.abs(row.expiresAt - (expiresAt ?? row.expiresAt)) <= defaultExpiryDriftMs;
	return isSameWindow && given.timeBounds === (timeBounds !== null) && given.expiresAt === expiresAt;
}
