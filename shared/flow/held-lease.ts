import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { renewUntilReleased } from "./lease-renewal.ts";
import type { LeaseStore } from "./lease-store.ts";
import { isTrusted, type LeaseTerms, leaveWithinMs } from "./lease-terms.ts";

export type LeaseDeps = {
	readonly leases: LeaseStore;
	/** The id of this task. No other process has, or had, the same. */
	readonly holder: string;
	readonly terms: LeaseTerms;
	readonly now: Clock;
	readonly monotonic: Clock;
	readonly log: Log;
};

/** Called once, when the lease can no longer be trusted. After `withinMs` another task may hold it. */
export type OnLost = (reason: string, withinMs: number) => void;

export type HeldLease = {
	readonly trusted: boolean;
	/** Stops the renewal and frees the lease. Never rejects: a lease that cannot be released expires. */
	release(): Promise<void>;
};

const renewRetryMs = 1_000;

/** When the call that took or renewed the lease began; null if another task holds it. */
async function acquireOrRenew(
	{ leases, holder, terms, now, monotonic }: LeaseDeps,
	lease: string,
	note: string | undefined,
): Promise<number | null> {
	/* The monotonic clock first: if the process stops between the two, the trust is too short, never too long. */
	const startedAt = monotonic();
	const at = now();
	return (await leases.hold(lease, holder, at, at + terms.expiryMs, note)) ? startedAt : null;
}

/**
 * Takes a lease and renews it until `release`; null if another task holds it. `trusted` reads the clock each time, so a
 * process that was paused never relies on an expired lease (docs/adr/0022).
 * @param note what each renewal publishes.
 */
export async function takeLease(
	leaseDeps: LeaseDeps,
	lease: string,
	onLost: OnLost,
	note?: () => string,
): Promise<HeldLease | null> {
	const { terms, monotonic } = leaseDeps;
	const startedAt = await acquireOrRenew(leaseDeps, lease, note?.());
	if (startedAt === null) return null;
	let renewedAt = startedAt;
	let lost = false;
	let trustTimer = setTimeout(checkTrust, terms.trustMs);

	function checkTrust(): void {
		clearTimeout(trustTimer);
		if (lost || renewal.released) return;
		if (isTrusted(terms, renewedAt, monotonic()))
			trustTimer = setTimeout(checkTrust, renewedAt + terms.trustMs - monotonic());
		else lose("not renewed in time", leaveWithinMs(terms, renewedAt, monotonic()));
	}

	function lose(reason: string, withinMs: number): void {
		if (!lost) onLost(reason, withinMs);
		lost = true;
	}

	/* A lost lease is renewed too: other tasks should wait until this task has left. */
	const renewal = renewUntilReleased({
		...leaseDeps,
		...{ lease, logName: "lease", everyMs: terms.heartbeatMs, retryMs: Math.min(renewRetryMs, terms.heartbeatMs) },
		async renew() {
			const at = await acquireOrRenew(leaseDeps, lease, note?.());
			if (at === null) lose("taken by another", 0);
			else renewedAt = at;
			checkTrust();
		},
	});
	return {
		get trusted() {
			return !lost && !renewal.released && isTrusted(terms, renewedAt, monotonic());
		},
		async release() {
			const released = renewal.release();
			clearTimeout(trustTimer);
			await released;
		},
	};
}
