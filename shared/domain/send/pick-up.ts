import { type Message, watchHolder } from "../message/message.ts";
import { earliestSendAt, sendTime } from "../schedule/send-time.ts";

/**
 * How long past its expiry, or past the end of its window, the rest of a message may follow of which its SMSC has taken a part: half a
 * message at the subscriber is worse than a late one.
 */
export const finishWithinMs = 2 * 60_000;

/**
 * What is to be done with a message that a lane entry names, by its row as the table has it at that moment. This one look answers
 * redelivery, doubled sends, repeated releases, deletion and expiry alike.
 */
export type PickUpDecision =
	| { readonly kind: "submit" }
	| { readonly kind: "expire" }
	/** Its window closed while it waited. */
	| { readonly kind: "park"; readonly slot: number }
	/** Submitted, ended, deleted, or never there: no lane entry is needed for it. */
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
	/* Windows open, and schedules fall, on quarters of an hour: whatever it waits for is a slot. */
	return when.kind === "now" ? { kind: "submit" } : { kind: "park", slot: earliestSendAt(message, now) };
}
