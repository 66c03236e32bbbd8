import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { renewUntilReleased } from "./lease-renewal.ts";
import type { LeaseStore } from "./lease-store.ts";
import { isTrusted, type LeaseTerms, leaveWithinMs } from "./lease-terms.ts";

export type LeaseDeps = {
	readonly leases: LeaseStore;
	/** This task: a name that no other process has, or had. */
	readonly holder: string;
	readonly terms: LeaseTerms;
	readonly now: Clock;
	/** Goes forward whatever happens to the time of day. */
	readonly monotonic: Clock;
	readonly log: Log;
};

/** Told once, when a lease can no longer be relied on: after so long others may be where its holder was. */
export type OnLost = (reason: string, withinMs: number) => void;

export type HeldLease = {
	/** Whether it may be relied on at this very moment. */
	readonly trusted: boolean;
	/** Renews it no more, and lets others have it at once. Never rejects: a lease that cannot be released expires. */
	release(): Promise<void>;
};

/** After a renewal that failed, if the next would not come sooner anyway. */
const renewRetryMs = 1_000;

/** When the call began that made or kept it ours; null where it is somebody else's. */
async function acquireOrRenew(
	{ leases, holder, terms, now, monotonic }: LeaseDeps,
	lease: string,
): Promise<number | null> {
	/* First this clock, then the other: a stop between the two makes the task trust too short, never too long. */
	const startedAt = monotonic();
	const at = now();
	return (await leases.hold(lease, holder, at, at + terms.expiryMs)) ? startedAt : null;
}

/**
 * Takes a lease and renews it until it is released; null where another holder has it. `trusted` asks the clock each time, so a
 * process that was stopped meanwhile does not rely on the lease a moment longer than its terms say.
 */
export async function takeLease(leaseDeps: LeaseDeps, lease: string, onLost: OnLost): Promise<HeldLease | null> {
	const { terms, monotonic } = leaseDeps;
	const startedAt = await acquireOrRenew(leaseDeps, lease);
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

	/* A lost lease is renewed too: its holder still has to leave, and others should keep away until then. */
	const renewal = renewUntilReleased({
		...leaseDeps,
		...{ lease, logName: "lease", everyMs: terms.heartbeatMs, retryMs: Math.min(renewRetryMs, terms.heartbeatMs) },
		async renew() {
			const at = await acquireOrRenew(leaseDeps, lease);
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
