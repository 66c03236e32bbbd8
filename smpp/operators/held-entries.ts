import type { Lane } from "#shared/domain/message/lanes.ts";
import { type HeldQueueEntries, heldQueueEntries } from "#shared/flow/held-queue-entries.ts";
import type { Log } from "#shared/log.ts";
import type { LaneEntry, LaneSource } from "#shared/usecases/send/lane-source.ts";

export type HeldEntries = Pick<HeldQueueEntries, "isHeld" | "giveBack" | "defer" | "release"> & {
	hold(entry: LaneEntry): void;
	settle(handle: string): void;
};

export function heldEntries(lane: Lane, source: LaneSource, visibilitySeconds: number, log: Log): HeldEntries {
	const held = heldQueueEntries({
		remove: async (handles) => await source.remove(lane, handles),
		hide: async (handles, seconds) => await source.hold(lane, handles, seconds),
		visibilitySeconds,
		...{ logName: "lane_entry", logDetails: { lane: lane.name }, log },
	});
	return { ...held, hold: ({ handle, sendJob }) => held.hold(handle, sendJob.messageIds.length) };
}
