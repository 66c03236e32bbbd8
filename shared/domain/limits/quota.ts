import { almatyText, almatyTime, instantOf } from "../time/almaty-time.ts";

/**
 * What a process holds of an account's limits. A shared counter of each window (a second, a day) says what was handed out; each process takes
 * parts of it ahead, a larger part the more it uses, so that the counter is asked seldom. More than the limit is never handed
 * out; what a process took and did not use is lost with its window.
 */

/** A stretch of time that a limit counts in. */
export type QuotaWindow = {
	/** Unique among the windows of every kind. */
	readonly name: string;
	readonly endsAt: number;
};

export function secondWindow(now: number): QuotaWindow {
	const second = Math.floor(now / 1_000);
	return { name: `second#${second}`, endsAt: (second + 1) * 1_000 };
}

/** A day is Almaty's (A13). */
export function dayWindow(now: number): QuotaWindow {
	const clock = almatyTime(now);
	const endsAt = instantOf({ ...clock, day: clock.day + 1, hour: 0, minute: 0, second: 0 });
	return { name: `day#${almatyText(now).slice(0, 10)}`, endsAt };
}

export type QuotaLimit = {
	/** What may be used in a window. */
	readonly max: number;
	/** The largest part of it that a process takes ahead. */
	readonly aheadMax: number;
};

export type CachedQuota = {
	readonly window: string;
	/** Taken from the shared counter, and not used yet. */
	readonly held: number;
	readonly used: number;
	/** Used in the window before: a guess at this one. */
	readonly usedBefore: number;
	/** It is known that the shared counter has less than this left. */
	readonly remainingBelow: number;
};

export type TakeOutcome =
	| { readonly kind: "taken"; readonly cached: CachedQuota }
	/** The counter must be asked for so much. */
	| { readonly kind: "ask"; readonly wanted: number }
	| { readonly kind: "over" };

/** A process that takes an eighth of its use ahead wastes no more than that when it ends. */
const aheadPerUsed = 1 / 8;

/** The lease for a window: the one at hand, or a new one that holds nothing. */
export function cachedFor(cached: CachedQuota | undefined, window: string): CachedQuota {
	if (cached?.window === window) return cached;
	return { window, held: 0, used: 0, usedBefore: cached?.used ?? 0, remainingBelow: Number.POSITIVE_INFINITY };
}

/**
 * Uses `count` of what is held; where that is too little, says what to ask the counter for, or that it would be in vain.
 * @param pending what all that wait for the counter need together, `count` included.
 */
export function takeCached(
	cached: CachedQuota,
	count: number,
	pending: number,
	{ max, aheadMax }: QuotaLimit,
): TakeOutcome {
	const { held, used, usedBefore, remainingBelow } = cached;
	if (held >= count) return { kind: "taken", cached: { ...cached, held: held - count, used: used + count } };
	const lacking = count - held;
	if (count > max || lacking >= remainingBelow) return { kind: "over" };
	const ahead = Math.min(Math.floor(Math.max(used, usedBefore) * aheadPerUsed), aheadMax);
	/* What is known to be scarce is asked for by halves: few calls, and little is left over. */
	const most = remainingBelow === Number.POSITIVE_INFINITY ? max : Math.floor((remainingBelow - 1) / 2);
	return { kind: "ask", wanted: Math.max(lacking, Math.min(Math.max(pending - held, ahead), most)) };
}

/** The counter's answer to having been asked for `wanted`. */
export function afterAnswer(cached: CachedQuota, wanted: number, isGranted: boolean): CachedQuota {
	if (isGranted) return { ...cached, held: cached.held + wanted, remainingBelow: cached.remainingBelow - wanted };
	return { ...cached, remainingBelow: Math.min(cached.remainingBelow, wanted) };
}

/** What was taken and not needed after all is held again. */
export function withReturned(cached: CachedQuota, count: number): CachedQuota {
	const back = Math.min(count, cached.used);
	return { ...cached, held: cached.held + back, used: cached.used - back };
}
