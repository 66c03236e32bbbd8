import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { LeaseStore } from "./lease-store.ts";
import { isTrusted, type LeaseTerms, leaveWithinMs } from "./lease-terms.ts";
import { pause } from "./pause.ts";

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
 * Takes a lease and keeps renewing it; null where somebody else has it. It is not relied on a moment longer than its terms say, even by
 * a process that was stopped meanwhile: `trusted` asks the clock each time.
 */
export async function takeLease(leaseDeps: LeaseDeps, lease: string, onLost: OnLost): Promise<HeldLease | null> {
	const { terms, monotonic, leases, holder, log } = leaseDeps;
	const startedAt = await acquireOrRenew(leaseDeps, lease);
	if (startedAt === null) return null;
	let renewedAt = startedAt;
	let lost = false;
	const released = new AbortController();
	let trustTimer = setTimeout(checkTrust, terms.trustMs);

	function checkTrust(): void {
		clearTimeout(trustTimer);
		if (lost || released.signal.aborted) return;
		if (isTrusted(terms, renewedAt, monotonic()))
			trustTimer = setTimeout(checkTrust, renewedAt + terms.trustMs - monotonic());
		else lose("not renewed in time", leaveWithinMs(terms, renewedAt, monotonic()));
	}

	function lose(reason: string, withinMs: number): void {
		if (!lost) onLost(reason, withinMs);
		lost = true;
	}

	async function renew(): Promise<number> {
		try {
			const at = await acquireOrRenew(leaseDeps, lease);
			if (at === null) lose("taken by another", 0);
			else renewedAt = at;
			checkTrust();
			return terms.heartbeatMs;
		} catch (err) {
			log.warn("lease.renew_failed", { lease, err });
			return Math.min(renewRetryMs, terms.heartbeatMs);
		}
	}

	/* Even when it is lost: until its holder is gone others should keep away, if they still do. */
	async function keepRenewing(): Promise<void> {
		let pauseMs = terms.heartbeatMs;
		while (!released.signal.aborted) {
			await pause(pauseMs, released.signal);
			if (!released.signal.aborted) pauseMs = await renew();
		}
	}

	const renewing = keepRenewing();
	return {
		get trusted() {
			return !lost && !released.signal.aborted && isTrusted(terms, renewedAt, monotonic());
		},
		async release() {
			released.abort();
			clearTimeout(trustTimer);
			/* A renewal that arrives after the release would keep it from others. */
			await renewing;
			await leases.release(lease, holder).catch((err: unknown) => log.warn("lease.release_failed", { lease, err }));
		},
	};
}
