/**
 * How long a lease is good for, in the eyes of its holder and in those of all others. The holder counts by a clock of its own that goes
 * forward whatever happens, and from the start of the call that renewed it; the others by the time of day that the call wrote. Between the end
 * of its trust and the expiry it has time to be gone, and their clocks have room to differ.
 */
export type LeaseTerms = {
	/** From one renewal to the next. */
	readonly heartbeatMs: number;
	/** From the start of the last renewal, how long the holder relies on it. */
	readonly trustMs: number;
	/** From then, how long others keep away. */
	readonly expiryMs: number;
	/** Between two looks for a lease that is free. */
	readonly checkMs: number;
};

/** The terms of leases that others take over after so many seconds without a sign of life. */
export function leaseTerms(seconds: number): LeaseTerms {
	const expiryMs = seconds * 1_000;
	return { heartbeatMs: expiryMs / 3, trustMs: (expiryMs * 2) / 3, expiryMs, checkMs: expiryMs / 15 };
}

/** Whether a lease may still be relied on that was last renewed by a call begun at `renewedAt`. */
export function isTrusted({ trustMs }: LeaseTerms, renewedAt: number, now: number): boolean {
	return now - renewedAt < trustMs;
}

/** How long a holder may take to be gone, before others may be there: half of what is left, for the rest is their clocks' room. */
export function leaveWithinMs({ expiryMs }: LeaseTerms, renewedAt: number, now: number): number {
	return Math.max(0, expiryMs - (now - renewedAt)) / 2;
}
