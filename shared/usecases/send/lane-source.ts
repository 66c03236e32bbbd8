import type { Lane, LaneEntryKind } from "../../domain/message/lanes.ts";
import type { SendJob } from "../../domain/send/send-jobs.ts";

/** One entry of a lane, held: nobody else gets it until its visibility ends. */
export type LaneEntry = {
	readonly sendJob: SendJob;
	readonly kind: LaneEntryKind;
	/** The same each time that the entry is received. */
	readonly entryId: string;
	/** Dead entries that it replaces: it may claim what one of them holds. */
	readonly formerIds?: readonly string[];
	readonly handle: string;
	readonly receives: number;
};

export type LaneSource = {
	/**
	 * Waits up to 20 s for entries, or until the signal; none is an ordinary answer.
	 * @param seconds how long nobody else gets them, where that is not as long as the lane says.
	 */
	receive(lane: Lane, entriesMax: number, signal: AbortSignal, seconds?: number): Promise<readonly LaneEntry[]>;
	/** Done with: they will not come again. */
	remove(lane: Lane, handles: readonly string[]): Promise<void>;
	/** Keeps entries for so long from now; 0 gives them back. One that is gone is passed over. */
	hold(lane: Lane, handles: readonly string[], seconds: number): Promise<void>;
};
