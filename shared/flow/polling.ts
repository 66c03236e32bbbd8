import type { Log } from "../log.ts";
import { retryUntilDone } from "./retry-until-done.ts";

export type Polling = {
	wake(): void;
	/** Starts no more polls. Resolves when the last one has ended and its entries are taken. */
	stop(): Promise<void>;
};

export type PollingOptions<Entry> = {
	/** Called before each poll. Read no more than this task can send soon: no other task can send what it holds. */
	readonly isWanted: () => boolean;
	/** One long poll. The signal ends it. A poll that fails otherwise is logged and repeated. */
	readonly receive: (signal: AbortSignal) => Promise<readonly Entry[]>;
	readonly take: (entries: readonly Entry[], signal: AbortSignal) => Promise<unknown>;
	readonly failedEvent: string;
	readonly log: Log;
};

/** Reads a queue by long polls, one at a time, while its entries are wanted. */
export function pollWhileWanted<Entry>({ isWanted, receive, take, failedEvent, log }: PollingOptions<Entry>): Polling {
	const stopping = new AbortController();
	const { signal } = stopping;
	/** Set only while the loop waits: `wake` may be called for each message that leaves. */
	let waiting: PromiseWithResolvers<void> | undefined;

	async function receiveUnlessStopped(): Promise<readonly Entry[]> {
		try {
			return signal.aborted ? [] : await receive(signal);
		} catch (error) {
			if (signal.aborted) return [];
			throw error;
		}
	}

	async function poll(): Promise<void> {
		const entries = await retryUntilDone(log, failedEvent, receiveUnlessStopped);
		if (entries !== undefined && entries.length > 0) await take(entries, signal);
	}

	function wake(): void {
		waiting?.resolve();
		waiting = undefined;
	}

	async function run(): Promise<void> {
		while (!signal.aborted) {
			if (isWanted()) await poll();
			else {
				waiting = Promise.withResolvers();
				await waiting.promise;
			}
		}
	}

	const running = run();
	return {
		wake,
		async stop() {
			stopping.abort();
			wake();
			await running;
		},
	};
}
