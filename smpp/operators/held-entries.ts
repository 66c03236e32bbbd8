import type { Lane } from "#shared/domain/lanes.ts";
import type { LaneEntry, LaneSource, Log } from "#shared/ports.ts";
import { gathered } from "#smpp/gathered.ts";
import { untilDone } from "./until-done.ts";

/** The entries of a lane that are held here: kept from others, and deleted once every message of theirs has been dealt with. */
export type HeldEntries = {
	hold(entry: LaneEntry): void;
	/** One message of this entry has another holder by now, or needs none. */
	settle(handle: string): void;
	/** Stops keeping entries from others, gives back those that are left, and resolves when all calls are done. */
	release(): Promise<void>;
};

export function heldEntries(lane: Lane, source: LaneSource, visibilitySeconds: number, log: Log): HeldEntries {
	const left = new Map<string, number>();
	const removing = gathered<string>({ itemsMax: 10, waitMs: 20 }, async (handles) => {
		/* An entry that cannot be deleted comes again, and is found to be done with. */
		await source.remove(lane, handles).catch((err: unknown) => log.warn("lane_entry.kept", { lane: lane.name, err }));
	});
	const renewing = setInterval(
		() => {
			const handles = [...left.keys()];
			if (handles.length > 0)
				void untilDone(log, "lane_entry.unheld", () => source.hold(lane, handles, visibilitySeconds), 1);
		},
		(visibilitySeconds * 1_000) / 3,
	);
	return {
		hold: ({ handle, parcel }) => void left.set(handle, parcel.messageIds.length),
		settle(handle) {
			const messages = (left.get(handle) ?? 0) - 1;
			if (messages > 0) return void left.set(handle, messages);
			if (left.delete(handle)) void removing.add(handle);
		},
		async release() {
			clearInterval(renewing);
			await removing.drained();
			const handles = [...left.keys()];
			if (handles.length > 0) await untilDone(log, "lane_entry.unreleased", () => source.hold(lane, handles, 0), 1);
		},
	};
}
