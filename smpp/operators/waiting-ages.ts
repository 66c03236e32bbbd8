import { waitsSince } from "#shared/domain/departure.ts";
import type { Lane, LaneName } from "#shared/domain/lanes.ts";
import { urgentFrom } from "#shared/domain/priorities.ts";
import type { Clock } from "#shared/ports.ts";
import type { Job } from "./jobs.ts";

/** Ages in milliseconds of the oldest messages that are accepted and not submitted; 0 where none waits. */
export type OldestWaiting = { readonly urgentMs: number; readonly bulkMs: number };

/**
 * How long messages of one operator wait for their submit, as far as this task sees them: from the moment that it picks them up, while they lie
 * here, and as a round passes them over in a lane that nobody sends from. SQS's own age of a queue leaves out what was received three times.
 */
export type WaitingAges = {
	pickedUp(jobs: readonly Job[]): void;
	/** They are to be looked at again. What was handed over waits for nobody but the SMSC. */
	setAside(jobs: readonly Job[]): void;
	/** A round found that the lane's oldest has waited since then; null where none waits. */
	passedOver(lane: Lane, since: number | null): void;
	/** The oldest of those that wait now, and of those that were picked up since this was last asked. */
	oldest(isOpen: boolean): OldestWaiting;
};

/** Longer than from one round to the next: then another task goes round the lanes, or has begun to send. */
const roundCountsMs = 30 * 60_000;

type Waiting = { readonly isUrgent: boolean; readonly since: number };

/** @param isHere whether this task still deals with a message. */
export function waitingAges(now: Clock, isHere: (messageId: number) => boolean): WaitingAges {
	const here = new Map<number, Waiting>();
	const inLanes = new Map<LaneName, Waiting & { readonly until: number }>();
	let pickedUp: Waiting[] = [];

	return {
		pickedUp(jobs) {
			const fresh = jobs
				.filter((job) => !isHandedOver(job))
				.map((job) => [job.message.messageId, waitingOf(job, now())] as const);
			for (const [messageId, waiting] of fresh) here.set(messageId, waiting);
			pickedUp = [true, false].flatMap(
				(isUrgent) => oldestOf([...pickedUp, ...fresh.map(([, one]) => one)], isUrgent) ?? [],
			);
		},
		setAside(jobs) {
			for (const job of jobs) if (isHandedOver(job)) here.delete(job.message.messageId);
		},
		passedOver({ name, priority }, since) {
			if (since === null) inLanes.delete(name);
			else inLanes.set(name, { isUrgent: priority >= urgentFrom, since, until: now() + roundCountsMs });
		},
		oldest(isOpen) {
			for (const [name, { until }] of inLanes) if (isOpen || until < now()) inLanes.delete(name);
			for (const messageId of here.keys()) if (!isHere(messageId)) here.delete(messageId);
			const all = [...here.values(), ...inLanes.values(), ...pickedUp];
			pickedUp = [];
			const ageMs = (isUrgent: boolean) => Math.max(0, now() - (oldestOf(all, isUrgent)?.since ?? now()));
			return { urgentMs: ageMs(true), bulkMs: ageMs(false) };
		},
	};
}

/** Whether some of it may be at the SMSC: then it is the SMSC's answer that is late. */
function isHandedOver({ resends, smscIds }: Pick<Job, "resends" | "smscIds">): boolean {
	return resends > 0 || smscIds.length > 0;
}

function waitingOf({ lane, message }: Job, now: number): Waiting {
	return { isUrgent: lane.priority >= urgentFrom, since: waitsSince(message, now) };
}

function oldestOf(all: readonly Waiting[], isUrgent: boolean): Waiting | undefined {
	const own = all.filter((one) => one.isUrgent === isUrgent);
	return own.reduce<Waiting | undefined>(
		(oldest, one) => (oldest && oldest.since <= one.since ? oldest : one),
		undefined,
	);
}
