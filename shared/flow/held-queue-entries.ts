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
	/** Whether no other task can have received the entry by now. If its visibility could not be extended in time, one may have. */
	isHeld(handle: string): boolean;
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
	/** Until when it is certainly hidden. */
	heldUntil: number;
};

/** SQS hides an entry for no longer than this from its receipt; then it comes again, under another handle. */
const holdMaxMs = 12 * 60 * 60_000;

/** Visibility begins when SQS answers a receive. The answer may arrive so much later: a sixth of the visibility, for an extension takes its time too. */
const receiveLatencyMaxMs = 5_000;

/** SQS deletes, or changes, ten entries in a call. */
const batcherLimits = { itemsMax: 10, quietMs: 20, waitMs: 100 };

export function heldQueueEntries(options: HeldQueueEntriesOptions): HeldQueueEntries {
	const { visibilitySeconds, logName, logDetails, log } = options;
	const calls = batchedCalls(options);
	const held = new Map<string, HeldEntry>();
	const visibilityMs = visibilitySeconds * 1_000;
	const hiddenMs = visibilityMs - Math.min(receiveLatencyMaxMs, visibilityMs / 6);

	function renew(): void {
		const latest = performance.now() - holdMaxMs + visibilitySeconds * 1_000;
		for (const [handle, { receivedAt }] of held) {
			if (receivedAt >= latest) continue;
			/* Its parts are still under way: the entry comes again under a new handle, which they settle. */
			held.delete(handle);
			log.warn(`${logName}.hold_limit_reached`, { ...logDetails });
		}
		if (held.size > 0) void extend([...held.keys()]);
	}

	async function extend(handles: readonly string[]): Promise<void> {
		const heldUntil = performance.now() + visibilityMs;
		if (!(await calls.extend(handles))) return;
		for (const handle of handles) {
			const entry = held.get(handle);
			/* An answer after the end does not say whether the call came before it. */
			if (entry !== undefined && performance.now() < entry.heldUntil) entry.heldUntil = heldUntil;
		}
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
			const { receivedAt = performance.now(), heldUntil = receivedAt + hiddenMs } =
				held.get(handle) ?? {};
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
			for (const [handle, { giveBackSeconds }] of held) calls.giveBack(handle, giveBackSeconds);
			held.clear();
			await calls.drained();
		},
	};
}

/** The calls to the queue. An entry that cannot be deleted, or given back, is visible again when its time is over. */
function batchedCalls({ remove, hide, visibilitySeconds, logName, logDetails, log }: HeldQueueEntriesOptions) {
	/** Whether it succeeded. */
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
