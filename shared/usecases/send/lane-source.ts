import type { Lane, LaneEntryKind } from "../../domain/message/lanes.ts";
import type { SendJob } from "../../domain/send/send-jobs.ts";

/** A received lane entry, invisible to other tasks until its visibility timeout ends. */
export type LaneEntry = {
	readonly sendJob: SendJob;
	readonly kind: LaneEntryKind;
	/** The SQS MessageId: the same each time that the entry is received. */
	readonly entryId: string;
	/** Dead entries that it replaces. It may claim messages that they hold. */
	readonly formerIds?: readonly string[];
	readonly handle: string;
	readonly receives: number;
};

export type LaneSource = {
	/**
	 * Waits up to 20 s, or until the signal; may return none.
	 * @param seconds the visibility timeout, if not that of the lane.
	 */
	receive(lane: Lane, entriesMax: number, signal: AbortSignal, seconds?: number): Promise<readonly LaneEntry[]>;
	remove(lane: Lane, handles: readonly string[]): Promise<void>;
	/** Makes entries invisible for `seconds` from now; 0: visible. Deleted ones are ignored. */
	hold(lane: Lane, handles: readonly string[], seconds: number): Promise<void>;
};
