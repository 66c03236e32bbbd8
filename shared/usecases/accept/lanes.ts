import type { LaneEntryKind } from "../../domain/message/lanes.ts";
import type { SendJob } from "../../domain/send/send-jobs.ts";

/** What became of an entry that was sent once: `unknown` may be in its queue, `refused` certainly is not. */
export type SendOutcome = "queued" | "refused" | "unknown";

export type Lanes = {
	/**
	 * The first send of messages by the request that stored them, in one try: each send job is in its lane once at the most. Never throws; outcomes
	 * are in the order of the send jobs.
	 * @param delaySeconds before they may be picked up: 0 to 900.
	 */
	sendFirst(sendJobs: readonly SendJob[], delaySeconds: number): Promise<readonly SendOutcome[]>;
	/** Sends messages that wait in a slot, or that may be in their lane already: whoever picks them up claims each first. Tried until queued. */
	send(sendJobs: readonly SendJob[], kind: Exclude<LaneEntryKind, "first">, delaySeconds?: number): Promise<void>;
};
