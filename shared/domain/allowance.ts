import { almatyText, almatyTime, instantOf } from "./almaty-time.ts";

/**
 * What a process holds of an account's limits. A shared counter of each window (a second, a day) says what was handed out; each process takes
 * parts of it ahead, a larger part the more it uses, so that the counter is asked seldom. More than the limit is never handed
 * out; what a process took and did not use is lost with its window.
 */

/** A stretch of time that a limit counts in. */
export type Window = {
	/** Unique among the windows of every kind. */
	readonly name: string;
	readonly endsAt: number;
};

export function secondOf(now: number): Window {
	const second = Math.floor(now / 1_000);
	return { name: `second#${second}`, endsAt: (second + 1) * 1_000 };
}

/** A day is Almaty's (A13). */
export function dayOf(now: number): Window {
	const clock = almatyTime(now);
	const endsAt = instantOf({ ...clock, day: clock.day + 1, hour: 0, minute: 0, second: 0 });
	return { name: `day#${almatyText(now).slice(0, 10)}`, endsAt };
}

export type Limit = {
	/** What may be used in a window. */
	readonly max: number;
	/** The largest part of it that a process takes ahead. */
	readonly aheadMax: number;
};

export type Lease = {
	readonly window: string;
	/** Taken from the shared counter, and not used yet. */
	readonly held: number;
	readonly used: number;
	/** Used in the window before: a guess at this one. */
	readonly usedBefore: number;
	/** It is known that the shared counter has less than this left. */
	readonly leftBelow: number;
};

export type Take =
	| { readonly kind: "taken"; readonly lease: Lease }
	/** The counter must be asked for so much. */
	| { readonly kind: "ask"; readonly wanted: number }
	| { readonly kind: "over" };

/** A process that takes an eighth of its use ahead wastes no more than that when it ends. */
const aheadPerUsed = 1 / 8;

/** The lease for a window: the one at hand, or a new one that holds nothing. */
export function leaseFor(lease: Lease | undefined, window: string): Lease {
	if (lease?.window === window) return lease;
	return { window, held: 0, used: 0, usedBefore: lease?.used ?? 0, leftBelow: Number.POSITIVE_INFINITY };
}

/**
 * Uses `count` of what is held; where that is too little, says what to ask the counter for, or that it would be in vain.
 * @param pending what all that wait for the counter need together, `count` included.
 */
export function takeFrom(lease: Lease, count: number, pending: number, { max, aheadMax }: Limit): Take {
	const { held, used, usedBefore, leftBelow } = lease;
	if (held >= count) return { kind: "taken", lease: { ...lease, held: held - count, used: used + count } };
	const lacking = count - held;
	if (count > max || lacking >= leftBelow) return { kind: "over" };
	const ahead = Math.min(Math.floor(Math.max(used, usedBefore) * aheadPerUsed), aheadMax);
	/* What is known to be scarce is asked for by halves: few calls, and little is left over. */
	const most = leftBelow === Number.POSITIVE_INFINITY ? max : Math.floor((leftBelow - 1) / 2);
	return { kind: "ask", wanted: Math.max(lacking, Math.min(Math.max(pending - held, ahead), most)) };
}

/** The counter's answer to having been asked for `wanted`. */
export function answered(lease: Lease, wanted: number, isGranted: boolean): Lease {
	if (isGranted) return { ...lease, held: lease.held + wanted, leftBelow: lease.leftBelow - wanted };
	return { ...lease, leftBelow: Math.min(lease.leftBelow, wanted) };
}

/** What was taken and not needed after all is held again. */
export function givenBack(lease: Lease, count: number): Lease {
	const back = Math.min(count, lease.used);
	return { ...lease, held: lease.held + back, used: lease.used - back };
}
