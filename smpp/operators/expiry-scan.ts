import type { Lane } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { waitingSince } from "#shared/domain/schedule/send-time.ts";
import type { Log } from "#shared/log.ts";
import { expireWaiting } from "#shared/usecases/send/expire-waiting.ts";
import type { LaneEntry, LaneSource } from "#shared/usecases/send/lane-source.ts";
import type { PickUpDeps } from "#shared/usecases/send/pick-up-messages.ts";

export type ExpiryScanDeps = {
	readonly source: LaneSource;
	readonly picking: PickUpDeps;
	/** Messages that this task sends, or checks, itself: their entries stay. */
	readonly isBusy: (messageId: number) => boolean;
	readonly log: Log;
};

/** Limits of one scan. The next scan continues with the rest. */
const laneScanMaxMs = 3 * 60_000;
const keptMax = 100_000;
/** Longer than a scan, so that no entry comes twice in it. After a death of the task the entries come back. */
const visibilitySeconds = (2 * laneScanMaxMs) / 1_000;
/** If a receive is aborted, its entries stay invisible. So a receive under way may end, if it does so soon. */
const receivesEndWithinMs = 1_000;
const giveBackAtOnceMax = 500;

/** Concurrent receives. One at a time would take days for the backlog of an operator that was away for a day. */
const receivesAtOnceMax = 16;

export type LaneScanOutcome = {
	readonly finished: number;
	readonly kept: number;
	/** True if it ended before the lane was empty. */
	readonly isCutShort: boolean;
	/** Since when the oldest message waits that could be sent; null if none does. */
	readonly waitingSince: number | null;
};

/**
 * Reads once through a lane that no task sends from, and ends its expired messages. The other entries stay invisible
 * until the scan or the signal ends it, and are given back then.
 */
export async function scanLane(scan: ExpiryScanDeps, lane: Lane, signal: AbortSignal): Promise<LaneScanOutcome> {
	const kept = new Set<string>();
	const timeLimit = new AbortController();
	const limitTimer = setTimeout(() => timeLimit.abort(), laneScanMaxMs);
	const ends = AbortSignal.any([signal, timeLimit.signal]);
	const receiving = new AbortController();
	let receivesTimer: NodeJS.Timeout | undefined;
	ends.onabort = () => {
		receivesTimer = setTimeout(() => receiving.abort(), receivesEndWithinMs);
	};
	let [finished, isEmpty, isBroken, oldest] = [0, false, false, Number.POSITIVE_INFINITY];

	/** Receives repeatedly. The first receive with entries starts the next worker, so an empty lane costs one receive. */
	async function work(workersLeft: number): Promise<void> {
		let next: Promise<void> | undefined;
		try {
			while (!ends.aborted && !isEmpty && !isBroken && kept.size < keptMax) {
				const entries = await scan.source.receive(lane, 10, receiving.signal, visibilitySeconds);
				isEmpty ||= entries.length === 0;
				if (entries.length > 0 && workersLeft > 1) next ??= workSafely(workersLeft - 1);
				const passed = await expireEntries(scan, lane, entries, kept, ends);
				finished += passed.finished;
				oldest = Math.min(oldest, ...passed.since);
			}
		} finally {
			/* Entries of the other workers are given back with the rest. */
			await next;
		}
	}

	async function workSafely(workersLeft: number): Promise<void> {
		await work(workersLeft).catch((err: unknown) => {
			isBroken = true;
			if (!ends.aborted) scan.log.warn("expiry_scan.lane_failed", { lane: lane.name, err });
		});
	}

	await workSafely(receivesAtOnceMax);
	ends.onabort = null;
	clearTimeout(limitTimer);
	clearTimeout(receivesTimer);
	if (kept.size > 0) scan.log.info("expiry_scan.ended", { lane: lane.name, entries: kept.size });
	await giveBack(scan, lane, [...kept]);
	return { finished, kept: kept.size, isCutShort: !isEmpty, waitingSince: Number.isFinite(oldest) ? oldest : null };
}

/**
 * Deletes finished entries and keeps the others; after the end of the scan it keeps all.
 * @returns how many were deleted, and since when the others wait.
 */
async function expireEntries(
	scan: ExpiryScanDeps,
	lane: Lane,
	entries: readonly LaneEntry[],
	kept: Set<string>,
	ends: AbortSignal,
) {
	for (const { handle } of entries) kept.add(handle);
	if (ends.aborted) return { finished: 0, since: [] };
	const since: number[] = [];
	const finished = await finishedHandles(scan, entries, (waiting) => {
		const now = scan.picking.now();
		since.push(...waiting.map((message) => waitingSince(message, now)));
	});
	await scan.source.remove(lane, finished);
	for (const handle of finished) kept.delete(handle);
	return { finished: finished.length, since };
}

async function giveBack({ source, log }: ExpiryScanDeps, lane: Lane, kept: readonly string[]): Promise<void> {
	for (let from = 0; from < kept.length; from += giveBackAtOnceMax) {
		/* If this fails, the entries become visible when their visibility timeout ends. */
		const handles = kept.slice(from, from + giveBackAtOnceMax);
		await source
			.hold(lane, handles, 0)
			.catch((err: unknown) => log.warn("lane_entry.release_failed", { lane: lane.name, err }));
	}
}

async function finishedHandles(
	{ picking, isBusy }: ExpiryScanDeps,
	entries: readonly LaneEntry[],
	seen: (waiting: readonly Message[]) => void,
): Promise<readonly string[]> {
	const idle = new Set(entries.flatMap(({ sendJob }) => sendJob.messageIds.filter((id) => !isBusy(id))));
	const checked = entries.map(({ sendJob, entryId, formerIds = [], kind }) => ({
		...{ entryId, formerIds, kind, redelivered: true },
		messageIds: sendJob.messageIds.filter((id) => idle.has(id)),
	}));
	const waiting = await expireWaiting(picking, checked, seen);
	/* A message that was busy before may have been released meanwhile, still NEW: it was not checked here. */
	const isOver = (id: number) => idle.has(id) && !waiting.has(id);
	return entries.filter(({ sendJob }) => sendJob.messageIds.every(isOver)).map(({ handle }) => handle);
}
