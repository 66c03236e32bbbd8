import { type Lane, lanesOf } from "#shared/domain/message/lanes.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import type { LeaseDeps } from "#shared/flow/held-lease.ts";
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
/** A scan of four lanes, and what it takes to give back the last. */
const allScansMaxMs = 14 * 60_000;

/**
 * Lanes are read only by who can send what they hold. While that is nobody, because the operator is away or paused, one task goes round
 * them every quarter of an hour, so that what expires ends in time. Which one, and whether there is nobody, a lease tells: who sends keeps
 * it as well as it can.
 */
export function keepExpiryScans(options: ExpiryScansOptions): ExpiryScans {
	const { operator, isOpen, leaseDeps, log } = options;
	const { leases, holder, now, monotonic, terms } = leaseDeps;
	const lease = `${operator}#lanes`;
	const stopping = new AbortController();
	let currentScan = new AbortController();
	let dueAt: number | undefined;

	async function tick(): Promise<void> {
		if (isOpen()) {
			dueAt = undefined;
			await leases.hold(lease, holder, now(), now() + terms.expiryMs);
			return;
		}
		dueAt ??= monotonic() + firstAfterMs;
		if (monotonic() < dueAt) return;
		if (await leases.hold(lease, holder, now(), now() + allScansMaxMs)) await scanAllLanes();
	}

	async function scanAllLanes(): Promise<void> {
		await options.recheckOwn();
		currentScan = new AbortController();
		const signal = AbortSignal.any([currentScan.signal, stopping.signal]);
		let isBehind = false;
		for (const lane of lanesOf(operator)) {
			if (signal.aborted || isOpen()) break;
			const outcome = await scanLane(options, lane, signal);
			if (outcome.waitingSince !== null || !outcome.isCutShort) options.laneOldestSeen(lane, outcome.waitingSince);
			isBehind ||= isBehindAfter(outcome);
		}
		dueAt = monotonic() + (isBehind ? 0 : againAfterMs);
		await leases.release(lease, holder);
	}

	async function run(): Promise<void> {
		const { signal } = stopping;
		while (!signal.aborted) {
			await tick().catch((err: unknown) => log.warn("expiry_scan.failed", { operator, err }));
			await pause(terms.heartbeatMs * (0.75 + Math.random() / 2), signal);
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

/**
 * Whether the next round is to follow at once: more has expired than this one could end, and hardly anything else was met. What waits on is received
 * once more by each scan, and a thousand receives make it a dead letter.
 */
function isBehindAfter({ finished, kept, isCutShort }: LaneScanOutcome): boolean {
	return isCutShort && finished > 9 * kept;
}
