import { type Lane, lanesOf } from "#shared/domain/message/lanes.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import { type LeaseDeps, takeLease } from "#shared/flow/held-lease.ts";
import { repeatWithPauses } from "#shared/flow/repeat-with-pauses.ts";
import { type ExpiryScanDeps, type LaneScanOutcome, scanLane } from "./expiry-scan.ts";

export type ExpiryScansOptions = ExpiryScanDeps & {
	readonly operator: Operator;
	readonly isOpen: () => boolean;
	readonly leaseDeps: LeaseDeps;
	/** Rechecks the messages that this task holds itself: a scan does not see them. */
	readonly recheckOwn: () => Promise<void>;
	/** Gets the time since which the oldest message of a lane waits. */
	readonly laneOldestSeen: (lane: Lane, since: number | null) => void;
};

export type ExpiryScans = {
	/** If the task has begun to send, ends a scan under way, which gives back its entries. */
	wake(): void;
	stop(): Promise<void>;
};

/** First scan after this long without sending, and the pause from the end of one scan to the next. */
const firstAfterMs = 60_000;
const againAfterMs = 15 * 60_000;

/**
 * Only tasks that can send read a lane. While there is none, because the operator is down or paused, one task scans its
 * lanes every quarter of an hour, so that messages expire in time. The lease `#lanes` chooses that task. All tasks that
 * send renew the lease `#sends`. A scan ends when its task loses `#lanes` or another task holds `#sends`.
 */
export function keepExpiryScans(options: ExpiryScansOptions): ExpiryScans {
	const { operator, isOpen, leaseDeps, log } = options;
	const { leases, holder, now, monotonic, terms } = leaseDeps;
	const sends = `${operator}#sends`;
	const stopping = new AbortController();
	let currentScan = new AbortController();
	let dueAt: number | undefined;

	async function scanIfDue(): Promise<void> {
		if (isOpen()) {
			dueAt = undefined;
			await leases.hold(sends, holder, now(), now() + terms.expiryMs);
			return;
		}
		dueAt ??= monotonic() + firstAfterMs;
		if (monotonic() < dueAt || (await isSentFrom())) return;
		currentScan = new AbortController();
		await scanUnderLease(leaseDeps, `${operator}#lanes`, { currentScan, isSentFrom, scanAllLanes });
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

	const running = repeatWithPauses(scanIfDue, {
		signal: stopping.signal,
		pauseMs: () => terms.heartbeatMs,
		onFailed: (err) => log.warn("expiry_scan.failed", { operator, err }),
	});
	return {
		wake() {
			/* Called for each message, and an abort creates an error each time. */
			if (!currentScan.signal.aborted && isOpen()) currentScan.abort();
		},
		async stop() {
			stopping.abort();
			await running;
		},
	};
}

type LeasedScan = {
	readonly currentScan: AbortController;
	readonly isSentFrom: () => Promise<boolean>;
	readonly scanAllLanes: () => Promise<void>;
};

/** Scans if the lease is free, until it is lost or a task sends from the lanes. */
async function scanUnderLease(
	leaseDeps: LeaseDeps,
	name: string,
	{ currentScan, isSentFrom, scanAllLanes }: LeasedScan,
): Promise<void> {
	const lease = await takeLease(leaseDeps, name, () => currentScan.abort());
	if (lease === null) return;
	/* While the table is down, senders are unknown; then this lease is lost too. */
	const abortIfSentFrom = async () => (await isSentFrom().catch(() => false)) && currentScan.abort();
	const watching = setInterval(() => void abortIfSentFrom(), leaseDeps.terms.heartbeatMs);
	try {
		await scanAllLanes();
	} finally {
		clearInterval(watching);
		await lease.release();
	}
}

/**
 * Whether the next scan follows at once: this one ended mostly expired messages, and not all. Otherwise it waits,
 * because each scan counts as a receive of each entry, and a thousand receives make it a dead letter.
 */
function isBehindAfter({ finished, kept, isCutShort }: LaneScanOutcome): boolean {
	return isCutShort && finished > 9 * kept;
}
