import { doublingMs, jittered } from "#shared/domain/time/back-off.ts";

/** Failures of a session in a row, and until when it gets no more requests. */
export type SessionBackOff = { readonly failures: number; readonly until: number };

export const noBackOff: SessionBackOff = { failures: 0, until: Number.NEGATIVE_INFINITY };

const backOffOfSession = { firstMs: 500, maxMs: 30_000 };

/**
 * After one more failure: half a second, doubling up to half a minute. Requests that fail together count once.
 * @param now a monotonic clock.
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
 * How long an unreported batch stays invisible. At first not at all, for another session may take it. The delay then
 * grows, so that the retention of its queue, fourteen days, ends before its maximum of receives is reached.
 * @param receives how often it was received, this time included.
 */
export function redeliveryDelaySeconds(receives: number, chance: number): number {
	if (receives <= immediateReceivesMax) return 0;
	const delayMs = jittered(doublingMs(redeliveryBackOff, receives - immediateReceivesMax), chance);
	return Math.min(redeliveryDelayMaxSeconds, Math.round(delayMs / 1_000));
}

/** After so many receives of a report batch, any session gets its reports. With the delays below, that is about two minutes. */
export const leavesMax = 26;

const leaveBackOff = { firstMs: 1_000, maxMs: 5_000 };

/** How long a batch that is left to another task stays invisible. That task must then receive it, and takes it when it has room. */
export function leaveDelaySeconds(receives: number, chance: number): number {
	return Math.max(1, Math.round(jittered(doublingMs(leaveBackOff, receives), chance) / 1_000));
}
