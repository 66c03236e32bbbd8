import { sendJobSize } from "./send-jobs.ts";

/** The limits of one operator's sending in a task. The sender and the forecast of `smsgw plan` use them. */

/** The most messages that are submitted and not recorded: the window and a quarter of a second's rate of each bind. */
export function exposureMaxFor(binds: number, { window, tpsOfEach }: { window: number; tpsOfEach: number }): number {
	return Math.ceil((window + tpsOfEach / 4) * binds);
}

export function leastBusy<Bind extends { readonly inFlight: number }>(
	candidates: Iterable<Bind>,
	isFree: (bind: Bind) => boolean,
): Bind | undefined {
	let least: Bind | undefined;
	for (const bind of candidates) {
		if ((least === undefined || bind.inFlight < least.inFlight) && isFree(bind)) least = bind;
	}
	return least;
}

/** How many seconds of a lane's work a task holds: enough for the rate, but urgent messages need not wait behind it. */
const bufferedSeconds = 0.2;
const bufferedMin = 25;

/** How many messages of each lane a task holds, where its binds send `tps` segments per second. */
export function bufferedMaxFor(tps: number): number {
	return Math.max(bufferedMin, tps * bufferedSeconds);
}

/** The most entries of one receive from SQS. */
export const entriesMax = 10;
/** A lane is received from while the entries of fewer receives than this are being checked. */
export const checkedTogetherMax = 4;

export type LastPoll = {
	readonly entrySize: number;
	/** None of its messages was to be submitted. */
	readonly fruitless: boolean;
};

export const beforeFirstPoll: LastPoll = { entrySize: sendJobSize, fruitless: false };

/**
 * How many entries to receive. Bulk: only as many as there is room for, if they are as large as the last ones. Higher
 * priorities, and bulk after a fruitless receive: the maximum, so that messages that may go are found soon.
 */
export function entriesToReceive(priority: number, room: number, { entrySize, fruitless }: LastPoll): number {
	if (priority > 0 || fruitless) return entriesMax;
	return Math.max(1, Math.min(entriesMax, Math.floor(room / entrySize)));
}

/**
 * After a poll that gave few entries, the next poll waits, so that messages that come one by one share polls, reads and records.
 * An idle lane always has a poll under way.
 */
export const smallPollPauseMs = 10;

/** Submissions are recorded in micro-batches of up to four calls, which share watch rows. */
export const recordBatching = { itemsMax: 100, quietMs: 15, waitMs: 60 } as const;
