import type { Clock } from "#shared/clock.ts";
import type { Lane, LaneName } from "#shared/domain/message/lanes.ts";
import { urgentFrom } from "#shared/domain/message/priorities.ts";
import { waitingSince } from "#shared/domain/schedule/send-time.ts";
import type { OutboundMessage } from "./outbound-messages.ts";

/** Ages in milliseconds of the oldest messages that are accepted and not submitted; 0 where none waits. */
export type OldestWaiting = { readonly urgentMs: number; readonly bulkMs: number };

/**
 * How long messages of one operator wait for their submit, as far as this task sees them: from the moment that it picks them up, while they lie
 * here, and as a scan passes them over in a lane that nobody sends from. SQS's own age of a queue leaves out what was received three times.
 */
export type WaitingAges = {
	/** Of those that another entry may have submitted, only when their wait is over. */
	pickedUp(outboundMessages: readonly OutboundMessage[]): void;
	/** They are to be checked again. What was handed over waits for nobody but the SMSC. */
	setAside(outboundMessages: readonly OutboundMessage[]): void;
	/** A scan found that the lane's oldest has waited since then; null where none waits. */
	laneOldestSeen(lane: Lane, since: number | null): void;
	/** The oldest of those that wait now, and of those that were picked up since this was last asked. */
	oldest(isOpen: boolean): OldestWaiting;
};

/** Longer than from one scan to the next: then another task goes round the lanes, or has begun to send. */
const laneAgeValidMs = 30 * 60_000;

type WaitingMessage = { readonly isUrgent: boolean; readonly since: number };

/** @param isHere whether this task still deals with a message. */
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

/** Whether some of it may be at the SMSC: then it is the SMSC's answer that is late. */
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
