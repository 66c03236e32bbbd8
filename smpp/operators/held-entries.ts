import type { Lane } from "#shared/domain/lanes.ts";
import type { LaneEntry, LaneSource, Log } from "#shared/ports.ts";
import { gathered } from "#smpp/gathered.ts";
import { untilDone } from "#smpp/until-done.ts";

/** The entries of a lane that are held here: kept from others, and deleted once every message of theirs has been dealt with. */
export type HeldEntries = {
	hold(entry: LaneEntry): void;
	/** One message of this entry has another holder by now, or needs none. */
	settle(handle: string): void;
	/** One message of this entry is not dealt with here after all: once no other is, the entry is others' again. */
	giveBack(handle: string): void;
	/**
	 * One message of this entry cannot be read by anybody now: once no other is dealt with here, the entry is kept no longer. It comes again when
	 * its visibility ends, and rests in the dead letters after so many receives.
	 */
	leave(handle: string): void;
	/** Stops keeping entries from others, gives back those that are left, and resolves when all calls are done. */
	release(): Promise<void>;
};

type Held = {
	/** Messages that are neither settled nor given back nor left. */
	left: number;
	/** What becomes of the entry by those that are: the last of these that one of them calls for. */
	end: End;
	readonly receivedAt: number;
};

const ends = ["remove", "giveBack", "leave"] as const;
type End = (typeof ends)[number];

/** SQS lets nobody keep an entry for longer than this from when it was received; then it comes again, under another handle. */
const holdMax = 12 * 60 * 60_000;

/** Entries are deleted, or given back, ten in a call. */
const lot = { itemsMax: 10, quietMs: 20, waitMs: 100 };

export function heldEntries(lane: Lane, source: LaneSource, visibilitySeconds: number, log: Log): HeldEntries {
	const held = new Map<string, Held>();
	const removing = gathered<string>(lot, async (handles) => {
		/* An entry that cannot be deleted comes again, and is found to be done with. */
		await source.remove(lane, handles).catch((err: unknown) => log.warn("lane_entry.kept", { lane: lane.name, err }));
	});
	const returning = gathered<string>(lot, async (handles) => {
		await untilDone(log, "lane_entry.unreleased", () => source.hold(lane, handles, 0), 1);
	});

	function renew(): void {
		const latest = performance.now() - holdMax + visibilitySeconds * 1_000;
		for (const [handle, { receivedAt }] of held) if (receivedAt < latest) outlast(handle);
		const handles = [...held.keys()];
		if (handles.length > 0)
			void untilDone(log, "lane_entry.unheld", () => source.hold(lane, handles, visibilitySeconds), 1);
	}

	/** Its messages are still dealt with here: when it comes again, its new handle is settled with them. */
	function outlast(handle: string): void {
		held.delete(handle);
		log.warn("lane_entry.outlasted", { lane: lane.name });
	}

	function countDown(handle: string, end: End): void {
		const entry = held.get(handle);
		if (entry === undefined) return;
		entry.left -= 1;
		if (ends.indexOf(end) > ends.indexOf(entry.end)) entry.end = end;
		if (entry.left > 0) return;
		held.delete(handle);
		if (entry.end === "remove") void removing.add(handle);
		if (entry.end === "giveBack") void returning.add(handle);
	}

	const renewing = setInterval(renew, (visibilitySeconds * 1_000) / 3);
	return {
		hold: ({ handle, parcel }) =>
			void held.set(handle, { left: parcel.messageIds.length, end: "remove", receivedAt: performance.now() }),
		settle: (handle) => countDown(handle, "remove"),
		giveBack: (handle) => countDown(handle, "giveBack"),
		leave: (handle) => countDown(handle, "leave"),
		async release() {
			clearInterval(renewing);
			await Promise.all([removing.drained(), returning.drained()]);
			const handles = [...held.keys()];
			if (handles.length > 0) await untilDone(log, "lane_entry.unreleased", () => source.hold(lane, handles, 0), 1);
		},
	};
}
