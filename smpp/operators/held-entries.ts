import type { Lane } from "#shared/domain/message/lanes.ts";
import { batcher } from "#shared/flow/batcher.ts";
import { retryUntilDone } from "#shared/flow/retry-until-done.ts";
import type { Log } from "#shared/log.ts";
import type { LaneEntry, LaneSource } from "#shared/usecases/send/lane-source.ts";

/** The entries of a lane that are held here: kept from others, and deleted once every message of theirs has been dealt with. */
export type HeldEntries = {
	hold(entry: LaneEntry): void;
	/** One message of this entry has another holder by now, or needs none. */
	settle(handle: string): void;
	/** One message of this entry is not dealt with here after all: once no other is, the entry is others' again. */
	giveBack(handle: string): void;
	/** One message of this entry waits, or is another entry's: once no other is dealt with here, the entry comes again after so many seconds. */
	defer(handle: string, seconds: number): void;
	/** Stops keeping entries from others, gives back those that are left, and resolves when all calls are done. */
	release(): Promise<void>;
};

type HeldEntry = {
	/** Messages that are neither settled nor given back nor left. */
	left: number;
	/** When the entry comes again, by those that are: the soonest, in seconds; undefined where it is done with. */
	returnAfterSeconds: number | undefined;
	readonly receivedAt: number;
};

type ReturnedEntry = { readonly handle: string; readonly seconds: number };

/** SQS lets nobody keep an entry for longer than this from when it was received; then it comes again, under another handle. */
const holdMaxMs = 12 * 60 * 60_000;

/** Entries are deleted, or given back, ten in a call. */
const batcherLimits = { itemsMax: 10, quietMs: 20, waitMs: 100 };

export function heldEntries(lane: Lane, source: LaneSource, visibilitySeconds: number, log: Log): HeldEntries {
	const held = new Map<string, HeldEntry>();
	const removing = batcher<string>(batcherLimits, async (handles) => {
		/* An entry that cannot be deleted comes again, and is found to be done with. */
		await source
			.remove(lane, handles)
			.catch((err: unknown) => log.warn("lane_entry.delete_failed", { lane: lane.name, err }));
	});
	const returning = batcher<ReturnedEntry>(batcherLimits, async (all) => {
		for (const [seconds, own] of Map.groupBy(all, (one) => one.seconds)) {
			const handles = own.map(({ handle }) => handle);
			await retryUntilDone(log, "lane_entry.release_failed", () => source.hold(lane, handles, seconds), 1);
		}
	});

	function renew(): void {
		const latest = performance.now() - holdMaxMs + visibilitySeconds * 1_000;
		for (const [handle, { receivedAt }] of held) if (receivedAt < latest) dropExpiredHold(handle);
		const handles = [...held.keys()];
		if (handles.length > 0)
			void retryUntilDone(log, "lane_entry.extend_failed", () => source.hold(lane, handles, visibilitySeconds), 1);
	}

	/** Its messages are still dealt with here: when it comes again, its new handle is settled with them. */
	function dropExpiredHold(handle: string): void {
		held.delete(handle);
		log.warn("lane_entry.hold_limit_reached", { lane: lane.name });
	}

	function countDown(handle: string, returnAfterSeconds?: number): void {
		const entry = held.get(handle);
		if (entry === undefined) return;
		entry.left -= 1;
		if (returnAfterSeconds !== undefined)
			entry.returnAfterSeconds = Math.min(returnAfterSeconds, entry.returnAfterSeconds ?? returnAfterSeconds);
		if (entry.left > 0) return;
		held.delete(handle);
		if (entry.returnAfterSeconds === undefined) void removing.add(handle);
		else void returning.add({ handle, seconds: entry.returnAfterSeconds });
	}

	const renewing = setInterval(renew, (visibilitySeconds * 1_000) / 3);
	return {
		hold: ({ handle, sendJob }) =>
			void held.set(handle, {
				left: sendJob.messageIds.length,
				returnAfterSeconds: undefined,
				receivedAt: performance.now(),
			}),
		settle: (handle) => countDown(handle),
		giveBack: (handle) => countDown(handle, 0),
		defer: countDown,
		async release() {
			clearInterval(renewing);
			await Promise.all([removing.drained(), returning.drained()]);
			const handles = [...held.keys()];
			if (handles.length > 0)
				await retryUntilDone(log, "lane_entry.release_failed", () => source.hold(lane, handles, 0), 1);
		},
	};
}
