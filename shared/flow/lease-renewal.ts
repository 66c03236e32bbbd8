import type { Log } from "../log.ts";
import type { LeaseStore } from "./lease-store.ts";
import { pause } from "./pause.ts";

export type LeaseRenewalOptions = {
	readonly leases: Pick<LeaseStore, "release">;
	readonly lease: string;
	readonly holder: string;
	/** Delay after a renewal, and after one that failed. */
	readonly everyMs: number;
	readonly retryMs: number;
	readonly renew: () => Promise<void>;
	readonly logName: string;
	readonly log: Log;
};

export type LeaseRenewal = {
	readonly released: boolean;
	/** Stops the renewal and frees the lease. Never rejects: a lease that cannot be released expires. */
	release(): Promise<void>;
};

export function renewUntilReleased(options: LeaseRenewalOptions): LeaseRenewal {
	const { leases, lease, holder, everyMs, retryMs, renew, logName, log } = options;
	const stopping = new AbortController();
	const { signal } = stopping;

	async function renewOnce(): Promise<number> {
		try {
			await renew();
			return everyMs;
		} catch (err) {
			log.warn(`${logName}.renew_failed`, { lease, err });
			return retryMs;
		}
	}

	async function keepRenewing(): Promise<void> {
		let pauseMs = everyMs;
		while (!signal.aborted) {
			await pause(pauseMs, signal);
			if (!signal.aborted) pauseMs = await renewOnce();
		}
	}

	const renewing = keepRenewing();
	return {
		get released() {
			return signal.aborted;
		},
		async release() {
			stopping.abort();
			/* A renewal that reaches the store after the release would take the lease again. */
			await renewing;
			await leases
				.release(lease, holder)
				.catch((err: unknown) => log.warn(`${logName}.release_failed`, { lease, err }));
		},
	};
}
