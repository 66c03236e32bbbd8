import { boundedAttempts, unanswered, withRefusal } from "#shared/domain/message/history.ts";
import { interrupted } from "#shared/domain/message/message-transitions.ts";
import { codeOfStatus, type SmscErrors } from "#shared/domain/receipts/smsc-errors.ts";
import { finishWithinMs } from "#shared/domain/send/pick-up.ts";
import { type BackOff, backOffMs } from "#shared/domain/time/back-off.ts";
import { batcher } from "#shared/flow/batcher.ts";
import { delayedCalls } from "#shared/flow/delayed-calls.ts";
import type { OngoingWork } from "#shared/flow/ongoing-work.ts";
import { entryIdsOf, type OutboundMessage, withRepeatUncounted } from "./outbound-messages.ts";
import { type FinishedOutbound, type RecheckDeps, recheckOutbound } from "./pick-up-outbound.ts";
import type { SubmitOutcome } from "./submit-outcome.ts";
import type { WaitingAges } from "./waiting-ages.ts";

/**
 * The retry of a segment that the SMSC did not accept or answer:
 *
 * 1. `retryStep` chooses the pause. If the SMSC throttled it, the submitter has slowed the bind down already.
 * 2. `retryAfter` records the progress of the message. From then on it does not count in the exposure.
 * 3. After the pause the message is read again, together with the others that are due (`recheckBatcher`).
 * 4. If it is still to be sent, it goes first in the queue of its account. Otherwise its lane entries are settled or deferred.
 */
export type RetryStep = {
	readonly kind: "retry";
	readonly outbound: OutboundMessage;
	readonly afterMs: number;
	/** After the pause, the message has expired. */
	readonly isLast: boolean;
	/** The pause is spent in the lane, so that messages that an SMSC goes on refusing keep no room here. */
	readonly inLane?: boolean;
};

type RetriedOutcome = Exclude<SubmitOutcome, { kind: "accepted" | "refused" }>;
type TemporaryRefusal = Exclude<RetriedOutcome, { kind: "unsent" | "unknown" }>;

const refusedBackOff = { firstMs: 1_000, maxMs: 30 * 60_000 };
const refusedBackOffs = {
	throttled: { firstMs: 1_000, maxMs: 30_000 },
	temporary: refusedBackOff,
	reconnect: refusedBackOff,
} as const satisfies Record<TemporaryRefusal["kind"], BackOff>;
const unsentBackOff = { firstMs: 100, maxMs: 5_000 };
const unansweredBackOff = { firstMs: 1_000, maxMs: 60 * 60_000 };
/** The connection stands, so the answer may still come: the SMSC is slow rather than gone. */
const overdueBackOff = { firstMs: 10_000, maxMs: 60 * 60_000 };

/** From this refusal in a row on, the row says so. Most messages go out before, and cost no write. */
const recordedFrom = 4;
/** A longer pause after a refusal of the message alone is spent in its lane. */
const pauseHereMaxMs = 15_000;

/** @param errors the error numbers of its SMSC, if they differ from the dictionary. */
export function retryStep(
	outbound: OutboundMessage,
	outcome: RetriedOutcome,
	{ now, chance }: { readonly now: number; readonly chance: number },
	errors?: SmscErrors,
): RetryStep {
	const { failuresInRow, resends, message, bindIndex, attempts } = outbound;
	const delayed = { ...withRepeatUncounted(outbound), failuresInRow: failuresInRow + 1 };
	switch (outcome.kind) {
		case "throttled":
		case "temporary":
		case "reconnect": {
			const refused = { code: codeOfStatus(outcome.commandStatus, errors), times: failuresInRow + 1 };
			const own = withRefusal(attempts, message, { at: now, bindIndex, code: refused.code });
			const pauseMs = backOffMs(refusedBackOffs[outcome.kind], failuresInRow + 1, chance);
			const step = retryWithin({ ...delayed, attempts: own }, pauseMs, now);
			const isRecorded = refused.times >= recordedFrom || step.isLast;
			if (!isRecorded) return step;
			const inLane = outcome.kind !== "throttled" && step.afterMs > pauseHereMaxMs;
			return { ...step, outbound: { ...step.outbound, refused }, inLane };
		}
		case "unsent":
			/* Another bind may be up: the first retry is immediate. */
			return retryWithin(delayed, failuresInRow === 0 ? 0 : backOffMs(unsentBackOff, failuresInRow, chance), now);
		case "unknown": {
			const resent = { resends: resends + 1, mayRepeat: true, isRepeatCounted: false, unusedCountId: undefined };
			const backOff = outcome.late === undefined ? unansweredBackOff : overdueBackOff;
			const own = boundedAttempts([...attempts, unanswered(message, { at: now, bindIndex })]);
			return retryWithin(
				{ ...outbound, ...resent, refused: null, attempts: own },
				backOffMs(backOff, resends + 1, chance),
				now,
			);
		}
	}
}

/** No pause lasts longer than the message: its end must be recorded in time. */
function retryWithin(outbound: OutboundMessage, afterMs: number, now: number): RetryStep {
	const { expiresAt, segments } = outbound.message;
	const isBegun = outbound.smscIds.length > 0 || segments.length > 0;
	const leftMs = expiresAt + (isBegun ? finishWithinMs : 0) - now;
	return { kind: "retry", outbound, afterMs: Math.max(0, Math.min(afterMs, leftMs)), isLast: leftMs <= afterMs };
}

export type RetryOptions = {
	/** Resolves when the progress of the message is recorded. */
	readonly recordInterrupted: (outbound: OutboundMessage) => Promise<void>;
	readonly defer: (outbound: OutboundMessage, seconds: number) => void;
	/** Reads the message again, and queues it if it is still to be sent. */
	readonly recheck: (outbound: OutboundMessage) => Promise<void>;
	readonly onRecorded: () => void;
	readonly onRechecked: () => void;
	readonly underWay: OngoingWork;
	readonly now: () => number;
};

export type Retries = {
	/** Messages in their pause before a retry. */
	readonly size: number;
	/** Resolves when the progress of the message is recorded, which ends its exposure; its retry follows after the pause. */
	retryAfter(step: Pick<RetryStep, "outbound" | "afterMs" | "inLane">): Promise<void>;
	/** Ends the pause of a message without its retry, if it is in one that `isDue`. Otherwise false. */
	endPause(messageId: number, isDue: (outbound: OutboundMessage) => boolean): boolean;
	/** Checks a message again that was not submitted. */
	recheckAfter(outbound: OutboundMessage, afterMs: number): void;
	/** Messages are still recorded, but not retried: their entries are given back. */
	stop(): void;
};

export function openRetries(options: RetryOptions): Retries {
	const { recordInterrupted, recheck, defer, onRecorded, onRechecked, underWay, now } = options;
	const retryPauses = delayedCalls();
	const pauses = new Map<number, { readonly outbound: OutboundMessage; readonly cancel: () => void }>();
	/** Of messages that were not submitted. They do not count in `size`. */
	const recheckPauses = delayedCalls();
	let stopping = false;

	async function recheckNow(outbound: OutboundMessage): Promise<void> {
		await recheck(outbound);
		onRechecked();
	}

	return {
		get size() {
			return retryPauses.size;
		},
		async retryAfter({ outbound: begun, afterMs, inLane = false }) {
			const { messageId } = begun.message;
			let outbound = begun;
			/* Without an accepted or unanswered segment there is nothing to record. */
			if (interrupted(outbound.message, outbound, entryIdsOf(outbound), now()) !== null) {
				await outbound.recorded;
				await recordInterrupted(outbound);
				outbound = { ...outbound, attempts: [] };
			}
			onRecorded();
			if (stopping) return;
			if (inLane) {
				defer(outbound, Math.ceil(afterMs / 1_000));
				return;
			}
			const retry = () => {
				pauses.delete(messageId);
				void underWay.add(recheckNow(outbound));
			};
			pauses.set(messageId, { outbound, cancel: retryPauses.add(afterMs, retry) });
		},
		endPause(messageId, isDue) {
			const pause = pauses.get(messageId);
			if (pause === undefined || !isDue(pause.outbound)) return false;
			pause.cancel();
			return pauses.delete(messageId);
		},
		recheckAfter: (outbound, afterMs) => void recheckPauses.add(afterMs, () => void underWay.add(recheckNow(outbound))),
		stop() {
			stopping = true;
			retryPauses.cancelAll();
			pauses.clear();
			recheckPauses.cancelAll();
		},
	};
}

/** Messages that become stale together, as those of a closing window do, are read in one call. */
const recheckLimits = { itemsMax: 100, quietMs: 5, waitMs: 20 };

export function recheckBatcher(
	{ ages, ...deps }: RecheckDeps & { readonly ages: WaitingAges },
	endOutbound: (finished: FinishedOutbound) => void,
) {
	return batcher<OutboundMessage>(recheckLimits, async (batch) => {
		ages.setAside(batch);
		for (const finished of await recheckOutbound(deps, batch)) endOutbound(finished);
	});
}
