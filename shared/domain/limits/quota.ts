import { almatyText, almatyTime, instantOf } from "../time/almaty-time.ts";

/**
 * Quotas of accounts (ADR 0010). A shared counter of each window (a second, a day) says how much was given out. Each
 * process takes amounts ahead, larger ones the more it uses, so few calls reach the counter. The limit is never
 * exceeded; what a process took and did not use is lost when the window ends.
 */

export type QuotaWindow = {
	readonly name: string;
	readonly endsAt: number;
};

export function secondWindow(now: number): QuotaWindow {
	const second = Math.floor(now / 1_000);
	return { name: `second#${second}`, endsAt: (second + 1) * 1_000 };
}

export function hourWindow(now: number): QuotaWindow {
	const hour = Math.floor(now / hourMs);
	return { name: `hour#${hour}`, endsAt: (hour + 1) * hourMs };
}

const hourMs = 60 * 60_000;

/** The block that a number belongs to, by its first seven digits: operators get numbers in blocks of ten thousand. */
export function numberBlockOf(recipient: string): string {
	return recipient.slice(0, 7);
}

/** A day in Almaty's time (A13). */
export function dayWindow(now: number): QuotaWindow {
	const clock = almatyTime(now);
	const endsAt = instantOf({ ...clock, day: clock.day + 1, hour: 0, minute: 0, second: 0 });
	return { name: `day#${almatyText(now).slice(0, 10)}`, endsAt };
}

export type QuotaLimit = {
	readonly max: number;
	readonly aheadMax: number;
};

export type CachedQuota = {
	readonly window: string;
	/** Taken from the shared counter and not used yet. */
	readonly held: number;
	readonly used: number;
	/** Used in the previous window: an estimate for this one. */
	readonly usedBefore: number;
	/** The shared counter is known to have less than this left. */
	readonly remainingBelow: number;
};

export type TakeOutcome =
	| { readonly kind: "taken"; readonly cached: CachedQuota }
	| { readonly kind: "ask"; readonly wanted: number }
	| { readonly kind: "over" };

/** A process that ends wastes at most this part of what it used. */
const aheadPerUsed = 1 / 8;

/** The cached quota of this window: the given one, or a new one that holds nothing. */
export function cachedFor(cached: CachedQuota | undefined, window: string): CachedQuota {
	if (cached?.window === window) return cached;
	return { window, held: 0, used: 0, usedBefore: cached?.used ?? 0, remainingBelow: Number.POSITIVE_INFINITY };
}

/**
 * Uses `count` of what is held. If that is too little, says how much to ask the counter for, or that the limit is
 * reached.
 * @param pending the sum that all waiting callers need, `count` included.
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
	/* Near the limit, ask for half of the rest each time: few calls, and little is left unused. */
	const most = remainingBelow === Number.POSITIVE_INFINITY ? max : Math.floor((remainingBelow - 1) / 2);
	return { kind: "ask", wanted: Math.max(lacking, Math.min(Math.max(pending - held, ahead), most)) };
}

export function afterAnswer(cached: CachedQuota, wanted: number, isGranted: boolean): CachedQuota {
	if (isGranted) return { ...cached, held: cached.held + wanted, remainingBelow: cached.remainingBelow - wanted };
	return { ...cached, remainingBelow: Math.min(cached.remainingBelow, wanted) };
}

/** Returns what was used and turned out not to be needed. */
export function withReturned(cached: CachedQuota, count: number): CachedQuota {
	const back = Math.min(count, cached.used);
	return { ...cached, held: cached.held + back, used: cached.used - back };
}
