import type { Message } from "#shared/domain/message/message.ts";
import { isFinal, mayFollow } from "#shared/domain/message/statuses.ts";
import type { Failures } from "./failures.ts";

/**
 * Statuses move forward only. DELIVERED may replace ACCEPTED and the gateway's own EXPIRED; it may replace any other
 * final status only if the message was sent more than once (A35).
 */
export function checkStatus(failures: Failures, before: Message, after: Message, submits: () => number): void {
	const [from, to] = [before.status, after.status];
	if (from === to || mayFollow(from, to)) return;
	const isDelivery = to === "DELIVERED" && isFinal(from);
	if (isDelivery && (from === "EXPIRED" || submits() > 1)) return;
	failures.add("status", `${after.messageId} went from ${from} to ${to}`, after.messageId);
}
