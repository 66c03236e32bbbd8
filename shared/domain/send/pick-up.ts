import { type Message, watchHolder } from "../message/message.ts";
import { earliestSendAt, sendTime } from "../schedule/send-time.ts";

/**
 * How long after its expiry or the end of its window a partly submitted message may be finished: half a message at the
 * subscriber is worse than a late one.
 */
export const finishWithinMs = 2 * 60_000;

/**
 * What to do with a message of a lane entry, decided from its row as it is now. It covers redelivery, double sends,
 * repeated releases, deletion and expiry.
 */
export type PickUpDecision =
	| { readonly kind: "submit" }
	| { readonly kind: "expire" }
	/** Its window closed while it waited. */
	| { readonly kind: "park"; readonly slot: number }
	/** Submitted, ended or deleted: it needs no lane entry. */
	| { readonly kind: "skip" };

export function decidePickUp(message: Message | undefined, now: number): PickUpDecision {
	if (message === undefined || message.status !== "NEW" || message.holder === watchHolder) return { kind: "skip" };
	const what = decideByTime(message, now);
	if (message.segments.length === 0 || what.kind === "submit") return what;
	return decideByTime(message, now - finishWithinMs).kind === "submit" ? { kind: "submit" } : what;
}

function decideByTime(message: Message, now: number): Exclude<PickUpDecision, { kind: "skip" }> {
	const when = sendTime(message, now);
	if (when.kind === "never" || message.expiresAt <= now) return { kind: "expire" };
	/* Windows open and schedules fall on quarters of an hour, so it waits for a slot. */
	return when.kind === "now" ? { kind: "submit" } : { kind: "park", slot: earliestSendAt(message, now) };
}
