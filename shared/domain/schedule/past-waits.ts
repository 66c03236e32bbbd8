import type { Message } from "../message/message.ts";
import { nextClosing, type TimeBounds } from "../time/time-bounds.ts";
import { earliestSendAt } from "./send-time.ts";

/** A time in which a message could not go. `expiry`: its window opens after its expiry. */
export type WindowWait = {
	readonly at: number;
	readonly until: number;
	readonly reason: "schedule" | "time_bounds" | "expiry";
	readonly timeBounds: TimeBounds;
};

/** More than a message can live through: its window closes once a day. */
const waitsMax = 40;

/** The waits of a message for its schedule and its windows that began before `end`. They follow from its request. */
export function waitsBetween(
	message: Pick<Message, "acceptedAt" | "timeBounds" | "schedule" | "expiresAt">,
	end: number,
): readonly WindowWait[] {
	const { timeBounds, schedule, expiresAt } = message;
	const waits: WindowWait[] = [];
	let from = message.acceptedAt;
	while (from < end && from < expiresAt && waits.length < waitsMax) {
		const opens = earliestSendAt(message, from);
		if (opens >= expiresAt) return [...waits, { at: from, until: expiresAt, reason: "expiry", timeBounds }];
		if (opens > from) {
			waits.push({ at: from, until: opens, reason: opens === schedule ? "schedule" : "time_bounds", timeBounds });
		}
		from = nextClosing(timeBounds, opens);
	}
	return waits;
}
