import type { Log } from "../log.ts";
import { batcher } from "./batcher.ts";
import { retryUntilDone } from "./retry-until-done.ts";

/**
 * Queue entries that this task keeps invisible to others. An entry is deleted when all its parts (messages) are
 * settled.
 */
export type HeldQueueEntries = {
	/**
	 * Holds an entry with so many parts. An entry without parts is deleted. A second call replaces the number of parts.
	 * @param giveBackSeconds how long the entry stays invisible after `giveBack`.
	 */
	hold(handle: string, parts: number, giveBackSeconds?: number): void;
	/**
	 * Whether no other task can have received the entry. If its visibility was not extended in time, this is false for as
	 * long as the entry has this handle.
	 */
	isHeld(handle: string): boolean;
	/** This task is done with a part. True if it was the last part and the entry is deleted. */
	settle(handle: string): boolean;
	/** A part is left undone. When no other part is under way, the entry goes back to its queue. */
	giveBack(handle: string): void;
	/** The same, but the entry stays invisible for so long. The shortest of several delays counts. */
	defer(handle: string, seconds: number): void;
	release(): Promise<void>;
};

export type HeldQueueEntriesOptions = {
	readonly remove: (handles: readonly string[]) => Promise<unknown>;
	/** Sets the visibility timeout; 0 makes the entries visible. */
	readonly hide: (handles: readonly string[], seconds: number) => Promise<unknown>;
	/** Visibility timeout of a received entry, renewed at a third of it. */
	readonly visibilitySeconds: number;
	readonly logName: string;
	readonly logDetails?: object;
	readonly log: Log;
};

type HeldEntry = {
	left: number;
	/** When the entry becomes visible again, in seconds; undefined while all parts so far are settled. */
	returnAfterSeconds: number | undefined;
	readonly giveBackSeconds: number;
	readonly receivedAt: number;
	/** Until then no other task can receive it. Never moved once it has passed. */
	heldUntil: number;
};

/** SQS keeps a received entry invisible for at most twelve hours. Then it comes again with a new handle. */
const holdMaxMs = 12 * 60 * 60_000;

/**
 * Visibility begins when SQS answers a receive; the answer may arrive this much later. At most a sixth of the visibility
 * timeout is kept for that, so that the first extension has time to succeed.
 */
const receiveLatencyMaxMs = 5_000;

const batcherLimits = { itemsMax: 10, quietMs: 20, waitMs: 100 };

export function heldQueueEntries(options: HeldQueueEntriesOptions): HeldQueueEntries {
	const { visibilitySeconds, logName, logDetails, log } = options;
	const calls = batchedCalls(options);
	const held = new Map<string, HeldEntry>();
	const visibilityMs = visibilitySeconds * 1_000;
	const heldAtFirstMs = visibilityMs - Math.min(receiveLatencyMaxMs, visibilityMs / 6);

	function renew(): void {
		const latest = performance.now() - holdMaxMs + visibilityMs;
		for (const [handle, { receivedAt }] of held) {
			if (receivedAt >= latest) continue;
			/* Its parts are still under way. They settle the entry when it comes again with a new handle. */
			held.delete(handle);
			log.warn(`${logName}.hold_limit_reached`, { ...logDetails });
		}
		if (held.size > 0) void extend(held, calls, visibilityMs);
	}

	/** An entry that another task may hold by now is left alone: its old handle might still change its visibility. */
	function giveBack(handle: string, { heldUntil }: HeldEntry, seconds: number): void {
		if (performance.now() < heldUntil) calls.giveBack(handle, seconds);
	}

	/** True if the entry is deleted. */
	function endPart(handle: string, seconds?: number): boolean {
		const entry = held.get(handle);
		if (entry === undefined) return false;
		entry.left -= 1;
		if (seconds !== undefined) entry.returnAfterSeconds = Math.min(seconds, entry.returnAfterSeconds ?? seconds);
		if (entry.left > 0) return false;
		held.delete(handle);
		if (entry.returnAfterSeconds === undefined) calls.remove(handle);
		else giveBack(handle, entry, entry.returnAfterSeconds);
		return entry.returnAfterSeconds === undefined;
	}

	const renewing = setInterval(renew, visibilityMs / 3);
	return {
		hold(handle, parts, giveBackSeconds = 0) {
			const { receivedAt = performance.now(), heldUntil = receivedAt + heldAtFirstMs } = held.get(handle) ?? {};
			held.set(handle, { left: parts, returnAfterSeconds: undefined, giveBackSeconds, receivedAt, heldUntil });
			if (parts === 0) endPart(handle);
		},
		isHeld: (handle) => performance.now() < (held.get(handle)?.heldUntil ?? 0),
		settle: (handle) => endPart(handle),
		giveBack: (handle) => void endPart(handle, held.get(handle)?.giveBackSeconds),
		defer: endPart,
		async release() {
			clearInterval(renewing);
			await calls.drained();
			for (const [handle, entry] of held) giveBack(handle, entry, entry.giveBackSeconds);
			held.clear();
			await calls.drained();
		},
	};
}

/** Extends the visibility of all entries. If the answer comes after `heldUntil`, the call may have come too late. */
async function extend(held: ReadonlyMap<string, HeldEntry>, calls: Calls, visibilityMs: number): Promise<void> {
	const extended = [...held];
	const heldUntil = performance.now() + visibilityMs;
	if (!(await calls.extend(extended.map(([handle]) => handle)))) return;
	for (const [, entry] of extended) if (performance.now() < entry.heldUntil) entry.heldUntil = heldUntil;
}

type Calls = ReturnType<typeof batchedCalls>;

/** Calls to the queue. If one fails, the entries become visible when their visibility timeout ends. */
function batchedCalls({ remove, hide, visibilitySeconds, logName, logDetails, log }: HeldQueueEntriesOptions) {
	async function hideOrLog(handles: readonly string[], seconds: number, event: string): Promise<boolean> {
		const step = async () => {
			await hide(handles, seconds);
			return true;
		};
		return (await retryUntilDone(log, `${logName}.${event}`, step, 1)) ?? false;
	}

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
		extend: async (handles: readonly string[]) => await hideOrLog(handles, visibilitySeconds, "extend_failed"),
		drained: async () => void (await Promise.all([removing.drained(), returning.drained()])),
	};
}
