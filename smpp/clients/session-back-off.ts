import { jittered } from "#shared/domain/reports/report-retries.ts";

/** How long a session that does not take what it is given is left alone: since how many failures in a row, and until when. */
export type SessionBackOff = { readonly failures: number; readonly until: number };

export const noBackOff: SessionBackOff = { failures: 0, until: Number.NEGATIVE_INFINITY };

const firstMs = 500;
const maxMs = 30_000;

/**
 * After one more failure: from half a second, doubling up to half a minute. Requests that were on their way together fail together, and
 * count once.
 * @param now never goes back.
 * @param chance from 0 to 1.
 */
export function backOffAfterFailure(backOff: SessionBackOff, now: number, chance: number): SessionBackOff {
	if (now < backOff.until) return backOff;
	const wholeMs = Math.min(maxMs, firstMs * 2 ** backOff.failures);
	return { failures: backOff.failures + 1, until: now + jittered(wholeMs, chance) };
}

const immediateReceivesMax = 3;
const redeliveryDelayMaxSeconds = 30 * 60;

/**
 * How long a report batch that could not be reported stays away from everybody. At first not at all, for another session may take it; then longer each
 * time, so that one that nobody takes outlives the fourteen days of its queue before it was received as often as that allows.
 * @param receives how often it was received, this time included.
 */
export function redeliveryDelaySeconds(receives: number, chance: number): number {
	if (receives <= immediateReceivesMax) return 0;
	return Math.min(redeliveryDelayMaxSeconds, jittered(2 ** Math.min(receives - immediateReceivesMax, 12), chance));
}
