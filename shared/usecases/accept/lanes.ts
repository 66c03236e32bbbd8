import type { LaneEntryKind } from "../../domain/message/lanes.ts";
import type { SendJob } from "../../domain/send/send-jobs.ts";

/** The outcome of a single send. `refused`: the entry is not in its queue. `unknown`: it may be. */
export type SendOutcome = "queued" | "refused" | "unknown";

/** Puts send jobs into the lanes of their operator and priority. */
export type Lanes = {
	/**
	 * The first send of messages by the request that stored them, in one try, so each send job is in its lane at most
	 * once. Never throws; outcomes are in the order of the send jobs.
	 * @param delaySeconds before they may be received: 0 to 900.
	 */
	sendFirst(sendJobs: readonly SendJob[], delaySeconds: number): Promise<readonly SendOutcome[]>;
	/**
	 * Sends messages that a slot held, or that may be in their lane already; the task claims each before it submits.
	 * Retried. If it throws, some or all may be queued.
	 */
	send(sendJobs: readonly SendJob[], kind: Exclude<LaneEntryKind, "first">, delaySeconds?: number): Promise<void>;
};
