import { waitsSince } from "#shared/domain/departure.ts";
import type { Lane } from "#shared/domain/lanes.ts";
import type { Message } from "#shared/domain/message.ts";
import type { LaneEntry, LaneSource, Log } from "#shared/ports.ts";
import { expireWaiting } from "#shared/usecases/expire-waiting.ts";
import type { PickingUp } from "#shared/usecases/pick-up-messages.ts";

export type LaneRound = {
	readonly source: LaneSource;
	readonly picking: PickingUp;
	/** Messages that this process deals with in another way: whatever names them stays. */
	readonly isBusy: (messageId: number) => boolean;
	readonly log: Log;
};

/** A round of a lane ends by itself after so long, or so many entries: what is left has its turn in another. */
const roundMaxMs = 3 * 60_000;
const keptMax = 100_000;
/** Longer than a round, so that no entry comes twice in one; and should the process die, they come back after it. */
const visibilitySeconds = (2 * roundMaxMs) / 1_000;
/** As many as are given back side by side. */
const givenBackTogether = 500;

/** Receives that are under way at once: one by one, the backlog of an operator that is away for a day would take days to expire. */
const receivesTogether = 16;

/** What a round found of its lane. */
export type RoundOutcome = {
	/** Entries that were over, and are deleted. */
	readonly over: number;
	/** Entries that were given back. */
	readonly kept: number;
	/** It ended before it had seen every entry. */
	readonly isCutShort: boolean;
	/** Since when the oldest waits that might go; null where none does. */
	readonly waitsSince: number | null;
};

/**
 * Goes once through a lane that nobody sends from, and ends what has expired in it. All entries with anything left to send are held until
 * the end of the round, or the signal, and given back then.
 */
export async function goRound(round: LaneRound, lane: Lane, signal: AbortSignal): Promise<RoundOutcome> {
	const kept = new Set<string>();
	const timeIsUp = new AbortController();
	const limit = setTimeout(() => timeIsUp.abort(), roundMaxMs);
	const ends = AbortSignal.any([signal, timeIsUp.signal]);
	let [over, isEmpty, isBroken, oldest] = [0, false, false, Number.POSITIVE_INFINITY];

	/** Receives one after another. The first that finds something starts the next worker, so that an empty lane costs one receive. */
	async function work(workersLeft: number): Promise<void> {
		let next: Promise<void> | undefined;
		try {
			while (!ends.aborted && !isEmpty && !isBroken && kept.size < keptMax) {
				const entries = await round.source.receive(lane, 10, ends, visibilitySeconds);
				isEmpty ||= entries.length === 0;
				if (entries.length > 0 && workersLeft > 1) next ??= tried(workersLeft - 1);
				const passed = await passOver(round, lane, entries, kept);
				over += passed.over;
				oldest = Math.min(oldest, ...passed.since);
			}
		} finally {
			/* What the others still keep is given back with the rest. */
			await next;
		}
	}

	async function tried(workersLeft: number): Promise<void> {
		await work(workersLeft).catch((err: unknown) => {
			isBroken = true;
			if (!ends.aborted) round.log.warn("lane_round.broken_off", { lane: lane.name, err });
		});
	}

	await tried(receivesTogether);
	clearTimeout(limit);
	if (kept.size > 0) round.log.info("lane_round.ended", { lane: lane.name, entries: kept.size });
	await giveBack(round, lane, [...kept]);
	return { over, kept: kept.size, isCutShort: !isEmpty, waitsSince: Number.isFinite(oldest) ? oldest : null };
}

/** Deletes those of the entries that are over, and adds the others to what is kept. Gives how many were over, and since when the others wait. */
async function passOver(round: LaneRound, lane: Lane, entries: readonly LaneEntry[], kept: Set<string>) {
	for (const { handle } of entries) kept.add(handle);
	const since: number[] = [];
	const over = await overOf(round, entries, (waiting) => {
		const now = round.picking.now();
		since.push(...waiting.map((message) => waitsSince(message, now)));
	});
	await round.source.remove(lane, over);
	for (const handle of over) kept.delete(handle);
	return { over: over.length, since };
}

async function giveBack({ source, log }: LaneRound, lane: Lane, kept: readonly string[]): Promise<void> {
	for (let from = 0; from < kept.length; from += givenBackTogether) {
		/* What cannot be given back comes back by itself. */
		const handles = kept.slice(from, from + givenBackTogether);
		await source
			.hold(lane, handles, 0)
			.catch((err: unknown) => log.warn("lane_entry.unreleased", { lane: lane.name, err }));
	}
}

/** The handles of the entries that nobody needs any more. */
async function overOf(
	{ picking, isBusy }: LaneRound,
	entries: readonly LaneEntry[],
	seen: (waiting: readonly Message[]) => void,
): Promise<readonly string[]> {
	const idle = new Set(entries.flatMap(({ parcel }) => parcel.messageIds.filter((id) => !isBusy(id))));
	const looked = entries.map(({ parcel, entryId, kind }) => ({
		...{ entryId, kind, redelivered: true },
		messageIds: parcel.messageIds.filter((id) => idle.has(id)),
	}));
	const waiting = await expireWaiting(picking, looked, seen);
	/* What was busy before may be let go of meanwhile, still NEW: it was not looked at here. */
	const isOver = (id: number) => idle.has(id) && !isBusy(id) && !waiting.has(id);
	return entries.filter(({ parcel }) => parcel.messageIds.every(isOver)).map(({ handle }) => handle);
}
