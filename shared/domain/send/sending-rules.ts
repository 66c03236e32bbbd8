import { sendJobSize } from "./send-jobs.ts";

/** How much of an operator's work a task holds at once: what sends goes by these rules, and so does what foretells how long it takes. */

/** How many messages may be submitted and not be recorded: a window of each bind, and a quarter of a second of its rate. */
export function exposureMaxFor(binds: number, { window, tpsOfEach }: { window: number; tpsOfEach: number }): number {
	return Math.ceil((window + tpsOfEach / 4) * binds);
}

/** Of those that are free, the bind with the fewest requests under way. */
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

/** How much of a second's work of a lane lies ready: enough to keep the pace, little enough that nothing urgent stands behind it. */
const bufferedSeconds = 0.2;
const bufferedMin = 25;

/** How many messages of each lane lie ready where the binds carry so many segments a second. */
export function bufferedMaxFor(tps: number): number {
	return Math.max(bufferedMin, tps * bufferedSeconds);
}

/** As many as one poll of a lane gives. */
export const entriesMax = 10;
/** Entries that are being looked at keep no poll waiting, as long as there is room for them and what it may give. */
export const checkedTogetherMax = 4;

/** What a poll of a lane gave. */
export type LastPoll = {
	/** Messages in the largest of its entries. */
	readonly entrySize: number;
	/** None of its messages was to be sent. */
	readonly fruitless: boolean;
};

export const beforeFirstPoll: LastPoll = { entrySize: sendJobSize, fruitless: false };

/**
 * How many entries a poll of a lane asks for. Bulk send jobs are large, or come one by one like those before them, and wait; what is urgent comes in
 * send jobs of one, and should not. Nor should bulk, as long as none of it may go: whatever may stands behind it.
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

/** Four calls' worth of messages are recorded together, whose watch rows then go in one: once nothing has come for so long, or the first has waited so long. */
export const recordBatching = { itemsMax: 100, quietMs: 15, waitMs: 60 } as const;
