import type { Message } from "./message.ts";

const asked = ["recipient", "text", "sender", "priority", "flash", "timeBounds", "schedule"] as const;

/** A default expiry lies a day from when its request came, and so differs between two that ask for the same. */
const defaultExpiryDriftMs = 24 * 60 * 60_000;

/** Whether a request asks for the very message that is stored already, so that its client may be answered as before (A28). */
export function isSameRequest(row: Message, draft: Message): boolean {
	const drift = Math.abs(row.expiresAt - draft.expiresAt);
	return asked.every((field) => row[field] === draft[field]) && drift <= defaultExpiryDriftMs;
}
