import type { Lane } from "#shared/domain/lanes.ts";
import type { LaneEntry, LaneSource, Log } from "#shared/ports.ts";
import { untilDone } from "./until-done.ts";

export type Intake = {
	/** Looks again whether there is room, and a bind to send by. */
	wake(): void;
	/** Takes in no more. Resolves when the last poll has ended. */
	stop(): Promise<void>;
};

type IntakeOptions = {
	readonly lane: Lane;
	readonly source: Pick<LaneSource, "receive">;
	/** Whether an entry could be sent soon: only then is the lane polled, for what is held here nobody else can send. */
	readonly wanted: () => boolean;
	/** Resolves when the entries' messages lie ready or are let go of; gives how many are to be sent. */
	readonly take: (entries: readonly LaneEntry[]) => Promise<number>;
	readonly log: Log;
};

/**
 * Bulk parcels are large, and wait; what is urgent comes in parcels of one, and should not. Nor should bulk, as long as none of it may go:
 * whatever may stands behind it.
 */
const entriesMax = { bulk: 1, others: 10 } as const;

/** Reads a lane by long polls, one at a time, as far as its entries are wanted. */
export function laneIntake({ lane, source, wanted, take, log }: IntakeOptions): Intake {
	const stopping = new AbortController();
	const { signal } = stopping;
	let woken = Promise.withResolvers<void>();
	let fruitless = false;

	async function poll(): Promise<void> {
		const most = lane.priority === 0 && !fruitless ? entriesMax.bulk : entriesMax.others;
		const entries = await untilDone(log, "lane.unread", async () => await received(most));
		if (entries !== undefined && entries.length > 0) fruitless = (await take(entries)) === 0;
	}

	async function received(most: number): Promise<readonly LaneEntry[]> {
		try {
			return signal.aborted ? [] : await source.receive(lane, most, signal);
		} catch (error) {
			if (signal.aborted) return [];
			throw error;
		}
	}

	async function run(): Promise<void> {
		while (!signal.aborted) {
			if (wanted()) await poll();
			else await woken.promise;
		}
	}

	const running = run();
	return {
		wake() {
			woken.resolve();
			woken = Promise.withResolvers();
		},
		async stop() {
			stopping.abort();
			woken.resolve();
			await running;
		},
	};
}
