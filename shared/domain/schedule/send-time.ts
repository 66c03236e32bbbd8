import type { Message } from "../message/message.ts";
import { nextOpening, openedAt } from "../time/time-bounds.ts";
import { slotMs } from "./slots.ts";

export type SendTime =
	| { readonly kind: "now" }
	/** Within a quarter of an hour: its lane entry is delayed. */
	| { readonly kind: "soon"; readonly delaySeconds: number }
	/** Later: it waits for this slot (A15). */
	| { readonly kind: "slot"; readonly slot: number }
	/** Its window opens after its expiry (A19). */
	| { readonly kind: "never" };

type Timing = Pick<Message, "timeBounds" | "schedule" | "expiresAt">;

/** The first instant that is not before the schedule and inside the window (A14, A18). */
export function earliestSendAt({ timeBounds, schedule }: Pick<Timing, "timeBounds" | "schedule">, now: number): number {
	return nextOpening(timeBounds, Math.max(now, schedule ?? now));
}

/** Since when a message that may go now has waited. Time before its window opened does not count. */
export function waitingSince(message: Pick<Message, "timeBounds" | "schedule" | "acceptedAt">, now: number): number {
	return Math.max(earliestSendAt(message, message.acceptedAt), openedAt(message.timeBounds, now));
}

export function sendTime(timing: Timing, now: number): SendTime {
	const at = earliestSendAt(timing, now);
	if (at >= timing.expiresAt) return { kind: "never" };
	if (at <= now) return { kind: "now" };
	if (at - now < slotMs) return { kind: "soon", delaySeconds: Math.ceil((at - now) / 1_000) };
	return { kind: "slot", slot: at };
}
