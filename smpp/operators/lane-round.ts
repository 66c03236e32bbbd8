import type { Lane } from "#shared/domain/lanes.ts";
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

/**
 * Goes once through a lane that nobody sends from, and ends what has expired in it. All entries with anything left to send are held until
 * the end of the round, or the signal, and given back then.
 */
export async function goRound(round: LaneRound, lane: Lane, signal: AbortSignal): Promise<void> {
	const { source, log } = round;
	const kept: string[] = [];
	const ends = AbortSignal.any([signal, AbortSignal.timeout(roundMaxMs)]);
	try {
		while (!ends.aborted && kept.length < keptMax) {
			const entries = await source.receive(lane, 10, ends, visibilitySeconds);
			if (entries.length === 0) break;
			kept.push(...entries.map(({ handle }) => handle));
			const over = new Set(await overOf(round, entries));
			await source.remove(lane, [...over]);
			kept.splice(
				-entries.length,
				entries.length,
				...entries.flatMap(({ handle }) => (over.has(handle) ? [] : handle)),
			);
		}
	} catch (err) {
		if (!ends.aborted) log.warn("lane_round.broken_off", { lane: lane.name, err });
	}
	if (kept.length > 0) log.info("lane_round.ended", { lane: lane.name, entries: kept.length });
	for (let from = 0; from < kept.length; from += givenBackTogether) {
		/* What cannot be given back comes back by itself. */
		const handles = kept.slice(from, from + givenBackTogether);
		await source
			.hold(lane, handles, 0)
			.catch((err: unknown) => log.warn("lane_entry.unreleased", { lane: lane.name, err }));
	}
}

/** The handles of the entries that nobody needs any more. */
async function overOf({ picking, isBusy }: LaneRound, entries: readonly LaneEntry[]): Promise<readonly string[]> {
	const idle = new Set(entries.flatMap(({ parcel }) => parcel.messageIds.filter((id) => !isBusy(id))));
	const looked = entries.map(({ parcel, entryId, kind }) => ({
		...{ entryId, kind, redelivered: true },
		messageIds: parcel.messageIds.filter((id) => idle.has(id)),
	}));
	const waiting = await expireWaiting(picking, looked);
	/* What was busy before may be let go of meanwhile, still NEW: it was not looked at here. */
	const isOver = (id: number) => idle.has(id) && !isBusy(id) && !waiting.has(id);
	return entries.filter(({ parcel }) => parcel.messageIds.every(isOver)).map(({ handle }) => handle);
}
