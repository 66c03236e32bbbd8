import { type Lane, lanesOf } from "#shared/domain/message/lanes.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { jittered } from "#shared/flow/back-off.ts";
import { type LeaseDeps, takeLease } from "#shared/flow/held-lease.ts";
import { pause } from "#shared/flow/pause.ts";
import { type ExpiryScanDeps, type LaneScanOutcome, scanLane } from "./expiry-scan.ts";

export type ExpiryScansOptions = ExpiryScanDeps & {
	readonly operator: Operator;
	/** Whether this task sends to the operator. */
	readonly isOpen: () => boolean;
	readonly leaseDeps: LeaseDeps;
	/** Looks at what this task keeps of the lanes itself: with each scan, for it comes by none. */
	readonly recheckOwn: () => Promise<void>;
	/** Is told since when the oldest message of a lane waits. */
	readonly laneOldestSeen: (lane: Lane, since: number | null) => void;
};

export type ExpiryScans = {
	/** Checks whether the task has begun to send: a scan under way ends then, and gives back what it holds. */
	wake(): void;
	stop(): Promise<void>;
};

/** How long nothing must have gone out before the first round, and from the end of one scan to the next. */
const firstAfterMs = 60_000;
const againAfterMs = 15 * 60_000;

/**
 * Lanes are read only by who can send what they hold. While that is nobody, because the operator is away or paused, one task goes round
 * them every quarter of an hour, so that what expires ends in time. Which one, a lease tells, and another whether there is nobody: all who send keep
 * that as well as they can. A scan ends when its task loses the first, or another task has the second.
 */
export function keepExpiryScans(options: ExpiryScansOptions): ExpiryScans {
	const { operator, isOpen, leaseDeps, log } = options;
	const { leases, holder, now, monotonic, terms } = leaseDeps;
	const sends = `${operator}#sends`;
	const stopping = new AbortController();
	let currentScan = new AbortController();
	let dueAt: number | undefined;

	async function tick(): Promise<void> {
		if (isOpen()) {
			dueAt = undefined;
			await leases.hold(sends, holder, now(), now() + terms.expiryMs);
			return;
		}
		dueAt ??= monotonic() + firstAfterMs;
		if (monotonic() < dueAt || (await isSentFrom())) return;
		currentScan = new AbortController();
		await underLease(leaseDeps, `${operator}#lanes`, { currentScan, isSentFrom, scanAllLanes });
	}

	const isSentFrom = async () => (await leases.holders([sends], now())).size > 0;

	async function scanAllLanes(): Promise<void> {
		await options.recheckOwn();
		const signal = AbortSignal.any([currentScan.signal, stopping.signal]);
		let isBehind = false;
		for (const lane of lanesOf(operator)) {
			if (signal.aborted || isOpen()) break;
			const outcome = await scanLane(options, lane, signal);
			if (outcome.waitingSince !== null || !outcome.isCutShort) options.laneOldestSeen(lane, outcome.waitingSince);
			isBehind ||= isBehindAfter(outcome);
		}
		dueAt = monotonic() + (isBehind ? 0 : againAfterMs);
	}

	async function run(): Promise<void> {
		const { signal } = stopping;
		while (!signal.aborted) {
			await tick().catch((err: unknown) => log.warn("expiry_scan.failed", { operator, err }));
			await pause(jittered(terms.heartbeatMs, Math.random(), 0.25), signal);
		}
	}

	const running = run();
	return {
		wake() {
			/* An abort makes an error each time, and this is asked for every message. */
			if (!currentScan.signal.aborted && isOpen()) currentScan.abort();
		},
		async stop() {
			stopping.abort();
			await running;
		},
	};
}

type Round = {
	/** Ends it. */
	readonly currentScan: AbortController;
	/** Whether a task sends from the lanes. */
	readonly isSentFrom: () => Promise<boolean>;
	readonly scanAllLanes: () => Promise<void>;
};

/** Goes a scan if its lease is free, until that is lost or a task sends from the lanes. */
async function underLease(
	leaseDeps: LeaseDeps,
	name: string,
	{ currentScan, isSentFrom, scanAllLanes }: Round,
): Promise<void> {
	const lease = await takeLease(leaseDeps, name, () => currentScan.abort());
	if (lease === null) return;
	/* While the table is away nothing is known of senders: then the lease is lost too. */
	const look = async () => (await isSentFrom().catch(() => false)) && currentScan.abort();
	const watching = setInterval(() => void look(), leaseDeps.terms.heartbeatMs);
	try {
		await scanAllLanes();
	} finally {
		clearInterval(watching);
		await lease.release();
	}
}

/**
 * Whether the next round is to follow at once: more has expired than this one could end, and hardly anything else was met. What waits on is received
 * once more by each scan, and a thousand receives make it a dead letter.
 */
function isBehindAfter({ finished, kept, isCutShort }: LaneScanOutcome): boolean {
	return isCutShort && finished > 9 * kept;
}
