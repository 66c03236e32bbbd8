import type { Log } from "../log.ts";
import { batcher } from "./batcher.ts";
import { retryUntilDone } from "./retry-until-done.ts";

/**
 * Entries of a queue that this task holds: other tasks do not see them, and each is deleted once all its parts (the messages
 * that it names) are settled.
 */
export type HeldQueueEntries = {
	/**
	 * Holds an entry of so many parts; an entry without parts is deleted. A second call replaces the number of parts.
	 * @param giveBackSeconds how long the entry stays hidden once it is given back.
	 */
	hold(handle: string, parts: number, giveBackSeconds?: number): void;
	/** A part needs no more of this task. True if it was the last, and the entry is deleted. */
	settle(handle: string): boolean;
	/** A part is left undone: once no other part is under way, the entry is given back instead of deleted. */
	giveBack(handle: string): void;
	/** The same, but the entry stays hidden for so long. Of several delays the shortest counts. */
	defer(handle: string, seconds: number): void;
	/** Gives back the entries that are left, and resolves when all calls are done. */
	release(): Promise<void>;
};

export type HeldQueueEntriesOptions = {
	readonly remove: (handles: readonly string[]) => Promise<unknown>;
	/** Hides entries for so many seconds from now; 0 makes them visible. */
	readonly hide: (handles: readonly string[], seconds: number) => Promise<unknown>;
	/** How long an entry is hidden when it is received. It is renewed at a third of this. */
	readonly visibilitySeconds: number;
	/** Log events begin with this name, and have these details. */
	readonly logName: string;
	readonly logDetails?: object;
	readonly log: Log;
};

type HeldEntry = {
	/** Parts that are under way. */
	left: number;
	/** After how many seconds it is visible again; undefined as long as all parts were settled. */
	returnAfterSeconds: number | undefined;
	readonly giveBackSeconds: number;
	readonly receivedAt: number;
};

/** SQS hides an entry for no longer than this from its receipt; then it comes again, under another handle. */
const holdMaxMs = 12 * 60 * 60_000;

/** SQS deletes, or changes, ten entries in a call. */
const batcherLimits = { itemsMax: 10, quietMs: 20, waitMs: 100 };

export function heldQueueEntries(options: HeldQueueEntriesOptions): HeldQueueEntries {
	const { visibilitySeconds, logName, logDetails, log } = options;
	const calls = batchedCalls(options);
	const held = new Map<string, HeldEntry>();

	function renew(): void {
		const latest = performance.now() - holdMaxMs + visibilitySeconds * 1_000;
		for (const [handle, { receivedAt }] of held) {
			if (receivedAt >= latest) continue;
			/* Its parts are still under way: the entry comes again under a new handle, which they settle. */
			held.delete(handle);
			log.warn(`${logName}.hold_limit_reached`, { ...logDetails });
		}
		calls.extend([...held.keys()]);
	}

	/** Whether the entry is deleted. */
	function endPart(handle: string, seconds?: number): boolean {
		const entry = held.get(handle);
		if (entry === undefined) return false;
		entry.left -= 1;
		if (seconds !== undefined) entry.returnAfterSeconds = Math.min(seconds, entry.returnAfterSeconds ?? seconds);
		if (entry.left > 0) return false;
		held.delete(handle);
		if (entry.returnAfterSeconds === undefined) calls.remove(handle);
		else calls.giveBack(handle, entry.returnAfterSeconds);
		return entry.returnAfterSeconds === undefined;
	}

	const renewing = setInterval(renew, (visibilitySeconds * 1_000) / 3);
	return {
		hold(handle, parts, giveBackSeconds = 0) {
			const receivedAt = held.get(handle)?.receivedAt ?? performance.now();
			held.set(handle, { left: parts, returnAfterSeconds: undefined, giveBackSeconds, receivedAt });
			if (parts === 0) endPart(handle);
		},
		settle: (handle) => endPart(handle),
		giveBack: (handle) => void endPart(handle, held.get(handle)?.giveBackSeconds),
		defer: endPart,
		async release() {
			clearInterval(renewing);
			await calls.drained();
			for (const [handle, { giveBackSeconds }] of held) calls.giveBack(handle, giveBackSeconds);
			held.clear();
			await calls.drained();
		},
	};
}

/** The calls to the queue. An entry that cannot be deleted, or given back, is visible again when its time is over. */
function batchedCalls({ remove, hide, visibilitySeconds, logName, logDetails, log }: HeldQueueEntriesOptions) {
	const hideOrLog = async (handles: readonly string[], seconds: number, event: string) =>
		await retryUntilDone(log, `${logName}.${event}`, async () => await hide(handles, seconds), 1);
	const removing = batcher<string>(batcherLimits, async (handles) => {
		await remove(handles).catch((err: unknown) => log.warn(`${logName}.delete_failed`, { ...logDetails, err }));
	});
	const returning = batcher<{ handle: string; seconds: number }>(batcherLimits, async (all) => {
		for (const [seconds, own] of Map.groupBy(all, (one) => one.seconds)) {
			const handles = own.map(({ handle }) => handle);
			await hideOrLog(handles, seconds, "release_failed");
		}
	});
	return {
		remove: (handle: string) => void removing.add(handle),
		giveBack: (handle: string, seconds: number) => void returning.add({ handle, seconds }),
		extend: (handles: readonly string[]) =>
			void (handles.length > 0 && hideOrLog(handles, visibilitySeconds, "extend_failed")),
		drained: async () => void (await Promise.all([removing.drained(), returning.drained()])),
	};
}
