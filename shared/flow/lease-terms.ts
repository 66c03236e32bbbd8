/**
 * How long a lease is valid. Its holder counts by a monotonic clock, from the start of the call that renewed it. Other
 * tasks count by the time of day that the call wrote. Between the end of trust and the expiry, the holder leaves, and
 * the clocks may differ.
 */
export type LeaseTerms = {
	readonly heartbeatMs: number;
	/** How long the holder trusts the lease, from the start of the last renewal. */
	readonly trustMs: number;
	/** How long other tasks leave the lease alone, from the same moment. */
	readonly expiryMs: number;
	readonly checkMs: number;
};

/** The terms of leases that expire so many seconds after the last renewal. */
export function leaseTerms(seconds: number): LeaseTerms {
	const expiryMs = seconds * 1_000;
	return { heartbeatMs: expiryMs / 3, trustMs: (expiryMs * 2) / 3, expiryMs, checkMs: expiryMs / 15 };
}

/** @param renewedAt when the call that renewed the lease began. */
export function isTrusted({ trustMs }: LeaseTerms, renewedAt: number, now: number): boolean {
	return now - renewedAt < trustMs;
}

/** How long the holder may take to leave: half of the time until the expiry. The rest allows for clocks that differ. */
export function leaveWithinMs({ expiryMs }: LeaseTerms, renewedAt: number, now: number): number {
	return Math.max(0, expiryMs - (now - renewedAt)) / 2;
}
