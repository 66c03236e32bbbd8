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
	/** Messages that this process deals with in another way: whatever names them stays. */
	readonly isBusy: (messageId: number) => boolean;
	readonly log: Log;
};

/** A scan of a lane ends by itself after so long, or so many entries: what is left has its turn in another. */
const laneScanMaxMs = 3 * 60_000;
const keptMax = 100_000;
/** Longer than a scan, so that no entry comes twice in one; and should the process die, they come back after it. */
const visibilitySeconds = (2 * laneScanMaxMs) / 1_000;
/** What SQS hands over to a receive that is broken off is kept from all for as long: so one that is under way may end, if it does so soon. */
const receivesEndWithinMs = 1_000;
/** As many as are given back side by side. */
const giveBackAtOnceMax = 500;

/** Receives that are under way at once: one by one, the backlog of an operator that is away for a day would take days to expire. */
const receivesAtOnceMax = 16;

/** What a scan found of its lane. */
export type LaneScanOutcome = {
	/** Entries that were over, and are deleted. */
	readonly finished: number;
	/** Entries that were given back. */
	readonly kept: number;
	/** It ended before it had seen every entry. */
	readonly isCutShort: boolean;
	/** Since when the oldest waits that might go; null where none does. */
	readonly waitingSince: number | null;
};

/**
 * Goes once through a lane that nobody sends from, and ends what has expired in it. All entries with anything left to send are held until
 * the end of the scan, or the signal, and given back then.
 */
export async function scanLane(scan: ExpiryScanDeps, lane: Lane, signal: AbortSignal): Promise<LaneScanOutcome> {
	const kept = new Set<string>();
	const timeIsUp = new AbortController();
	const limit = setTimeout(() => timeIsUp.abort(), laneScanMaxMs);
	const ends = AbortSignal.any([signal, timeIsUp.signal]);
	const late = new AbortController();
	let breaking: NodeJS.Timeout | undefined;
	ends.onabort = () => {
		breaking = setTimeout(() => late.abort(), receivesEndWithinMs);
	};
	let [finished, isEmpty, isBroken, oldest] = [0, false, false, Number.POSITIVE_INFINITY];

	/** Receives one after another. The first that finds something starts the next worker, so that an empty lane costs one receive. */
	async function work(workersLeft: number): Promise<void> {
		let next: Promise<void> | undefined;
		try {
			while (!ends.aborted && !isEmpty && !isBroken && kept.size < keptMax) {
				const entries = await scan.source.receive(lane, 10, late.signal, visibilitySeconds);
				isEmpty ||= entries.length === 0;
				if (entries.length > 0 && workersLeft > 1) next ??= workSafely(workersLeft - 1);
				const passed = await expireEntries(scan, lane, entries, kept, ends);
				finished += passed.finished;
				oldest = Math.min(oldest, ...passed.since);
			}
		} finally {
			/* What the others still keep is given back with the rest. */
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
	clearTimeout(limit);
	clearTimeout(breaking);
	if (kept.size > 0) scan.log.info("expiry_scan.ended", { lane: lane.name, entries: kept.size });
	await giveBack(scan, lane, [...kept]);
	return { finished, kept: kept.size, isCutShort: !isEmpty, waitingSince: Number.isFinite(oldest) ? oldest : null };
}

/**
 * Deletes those of the entries that are over, and adds the others to what is kept: all of them where the scan has ended. Gives how many were over, and
 * since when the others wait.
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
		/* What cannot be given back comes back by itself. */
		const handles = kept.slice(from, from + giveBackAtOnceMax);
		await source
			.hold(lane, handles, 0)
			.catch((err: unknown) => log.warn("lane_entry.release_failed", { lane: lane.name, err }));
	}
}

/** The handles of the entries that nobody needs any more. */
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
	/* What was busy before may be let go of meanwhile, still NEW: it was not checked here. */
	const isOver = (id: number) => idle.has(id) && !isBusy(id) && !waiting.has(id);
	return entries.filter(({ sendJob }) => sendJob.messageIds.every(isOver)).map(({ handle }) => handle);
}
