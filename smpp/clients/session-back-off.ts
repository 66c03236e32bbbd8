import { doublingMs, jittered } from "#shared/flow/back-off.ts";

/** How long a session that does not take what it is given is left alone: since how many failures in a row, and until when. */
export type SessionBackOff = { readonly failures: number; readonly until: number };

export const noBackOff: SessionBackOff = { failures: 0, until: Number.NEGATIVE_INFINITY };

const backOffOfSession = { firstMs: 500, maxMs: 30_000 };

/**
 * After one more failure: from half a second, doubling up to half a minute. Requests that were on their way together fail together, and
 * count once.
 * @param now never goes back.
 * @param chance from 0 to 1.
 */
export function backOffAfterFailure(backOff: SessionBackOff, now: number, chance: number): SessionBackOff {
	if (now < backOff.until) return backOff;
	const failures = backOff.failures + 1;
	return { failures, until: now + jittered(doublingMs(backOffOfSession, failures), chance) };
}

const immediateReceivesMax = 3;
const redeliveryBackOff = { firstMs: 2_000, maxMs: 2 ** 12 * 1_000 };
const redeliveryDelayMaxSeconds = 30 * 60;

/**
 * How long a report batch that could not be reported stays away from everybody. At first not at all, for another session may take it; then longer each
 * time, so that one that nobody takes outlives the fourteen days of its queue before it was received as often as that allows.
 * @param receives how often it was received, this time included.
 */
export function redeliveryDelaySeconds(receives: number, chance: number): number {
	if (receives <= immediateReceivesMax) return 0;
	const delayMs = jittered(doublingMs(redeliveryBackOff, receives - immediateReceivesMax), chance);
	return Math.min(redeliveryDelayMaxSeconds, Math.round(delayMs / 1_000));
}
