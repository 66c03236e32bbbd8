import type { Clock } from "#shared/clock.ts";
import type { Lane, LaneName } from "#shared/domain/message/lanes.ts";
import { urgentFrom } from "#shared/domain/message/priorities.ts";
import { waitingSince } from "#shared/domain/schedule/send-time.ts";
import type { OutboundMessage } from "./outbound-messages.ts";

/** Ages in milliseconds of the oldest accepted messages that are not submitted; 0 if there is none. */
export type OldestWaiting = { readonly urgentMs: number; readonly bulkMs: number };

/**
 * How long an operator's messages wait for their submit, as far as this task sees them: in the task, and in lanes that
 * it scans. SQS's own age of a queue ignores messages received more than three times.
 */
export type WaitingAges = {
	/** Messages that another entry may have submitted count after their wait. */
	pickedUp(outboundMessages: readonly OutboundMessage[]): void;
	/** They are checked again. Submitted messages only wait for the SMSC. */
	setAside(outboundMessages: readonly OutboundMessage[]): void;
	laneOldestSeen(lane: Lane, since: number | null): void;
	/** The oldest of those that wait now, or were picked up since the last call. */
	oldest(isOpen: boolean): OldestWaiting;
};

/** Longer than from one scan to the next: after it another task scans, or sends. */
const laneAgeValidMs = 30 * 60_000;

type WaitingMessage = { readonly isUrgent: boolean; readonly since: number };

/** @param isHere whether this task still sends a message. */
export function waitingAges(now: Clock, isHere: (messageId: number) => boolean): WaitingAges {
	const here = new Map<number, WaitingMessage>();
	const inLanes = new Map<LaneName, WaitingMessage & { readonly until: number }>();
	let pickedUp: WaitingMessage[] = [];

	return {
		pickedUp(outboundMessages) {
			const fresh = outboundMessages
				.filter((outbound) => !isHandedOver(outbound) && (outbound.message.waitsUntil ?? 0) <= now())
				.map((outbound) => [outbound.message.messageId, waitingOf(outbound, now())] as const);
			for (const [messageId, waiting] of fresh) here.set(messageId, waiting);
			pickedUp = [true, false].flatMap(
				(isUrgent) => oldestSentAt([...pickedUp, ...fresh.map(([, one]) => one)], isUrgent) ?? [],
			);
		},
		setAside(outboundMessages) {
			for (const outbound of outboundMessages) if (isHandedOver(outbound)) here.delete(outbound.message.messageId);
		},
		laneOldestSeen({ name, priority }, since) {
			if (since === null) inLanes.delete(name);
			else inLanes.set(name, { isUrgent: priority >= urgentFrom, since, until: now() + laneAgeValidMs });
		},
		oldest(isOpen) {
			for (const [name, { until }] of inLanes) if (isOpen || until < now()) inLanes.delete(name);
			for (const messageId of here.keys()) if (!isHere(messageId)) here.delete(messageId);
			const all = [...here.values(), ...inLanes.values(), ...pickedUp];
			pickedUp = [];
			const ageMs = (isUrgent: boolean) => Math.max(0, now() - (oldestSentAt(all, isUrgent)?.since ?? now()));
			return { urgentMs: ageMs(true), bulkMs: ageMs(false) };
		},
	};
}

/** Whether the SMSC may have a part of it: then its answer is late. */
function isHandedOver({ resends, smscIds }: Pick<OutboundMessage, "resends" | "smscIds">): boolean {
	return resends > 0 || smscIds.length > 0;
}

function waitingOf({ lane, message }: OutboundMessage, now: number): WaitingMessage {
	return { isUrgent: lane.priority >= urgentFrom, since: waitingSince(message, now) };
}

function oldestSentAt(all: readonly WaitingMessage[], isUrgent: boolean): WaitingMessage | undefined {
	const own = all.filter((one) => one.isUrgent === isUrgent);
	return own.reduce<WaitingMessage | undefined>(
		(oldest, one) => (oldest && oldest.since <= one.since ? oldest : one),
		undefined,
	);
}
