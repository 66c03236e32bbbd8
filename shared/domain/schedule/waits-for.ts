import { type Message, watchHolder } from "../message/message.ts";
import { isFinal } from "../message/statuses.ts";
import { earliestSendAt, sendTime } from "./send-time.ts";
import { receiptWaitMs, slotAt } from "./slots.ts";

/** What a message waits for, and until when at the latest. */
export type Wait =
	| { readonly kind: "time_bounds" | "schedule" | "receipt" | "expiry"; readonly until: number }
	/** Its turn in its lane. */
	| { readonly kind: "lane" }
	/** It was set aside until its batch is resumed. */
	| { readonly kind: "paused"; readonly since: number }
	/** It has ended. */
	| { readonly kind: "nothing" };

export function waitOf(message: Message, now: number): Wait {
	const { status, holder, schedule, expiresAt, pausedAt } = message;
	if (isFinal(status)) return { kind: "nothing" };
	if (status !== "NEW" || holder === watchHolder) return { kind: "receipt", until: slotAt(expiresAt + receiptWaitMs) };
	const when = sendTime(message, now);
	if (when.kind === "never") return { kind: "expiry", until: expiresAt };
	if (when.kind === "now") return pausedAt === null ? { kind: "lane" } : { kind: "paused", since: pausedAt };
	const until = earliestSendAt(message, now);
	return { kind: until === schedule ? "schedule" : "time_bounds", until };
}
