import { jittered } from "#shared/domain/report-retries.ts";

/** How long a session that does not take what it is given is left alone: since how many failures in a row, and until when. */
export type Rest = { readonly failures: number; readonly until: number };

export const rested: Rest = { failures: 0, until: Number.NEGATIVE_INFINITY };

const firstMs = 500;
const longestMs = 30_000;

/**
 * After one more failure: from half a second, doubling up to half a minute. Requests that were on their way together fail together, and
 * count once.
 * @param now never goes back.
 * @param chance from 0 to 1.
 */
export function afterFailure(rest: Rest, now: number, chance: number): Rest {
	if (now < rest.until) return rest;
	const wholeMs = Math.min(longestMs, firstMs * 2 ** rest.failures);
	return { failures: rest.failures + 1, until: now + jittered(wholeMs, chance) };
}

const freeReceives = 3;
const absenceMaxSeconds = 30 * 60;

/**
 * How long a pack that could not be told stays away from everybody. At first not at all, for another session may take it; then longer each
 * time, so that one that nobody takes outlives the fourteen days of its queue before it was received as often as that allows.
 * @param receives how often it was received, this time included.
 */
export function absenceSeconds(receives: number, chance: number): number {
	if (receives <= freeReceives) return 0;
	return Math.min(absenceMaxSeconds, jittered(2 ** Math.min(receives - freeReceives, 12), chance));
}
