import { type SortedList, sortedList } from "./sorted-list.ts";

export type QueueSettings = {
	readonly url: string;
	readonly arn: string;
	readonly visibilitySeconds: number;
	readonly retentionSeconds: number;
	readonly dead?: { readonly url: string; readonly receivesMax: number };
};

export type QueuedEntry = { readonly messageId: string; readonly body: string; readonly queueUrl: string };

/** Reports entries as they enter and leave queues. */
export type QueueWatcher = {
	added(entry: QueuedEntry): void;
	/** Deleted by a handle, expired by retention, or moved. If it moved, its dead-letter queue has reported it first. */
	removed(entry: QueuedEntry, why: "deleted" | "expired" | "moved"): void;
};

export type QueueOptions = {
	readonly watcher?: QueueWatcher;
	readonly newId: () => string;
	/**
	 * Whether SQS delivers a received entry twice. It is then visible to the next receiver one millisecond later,
	 * although the first holds it: SQS delivers at least once. Default: never.
	 */
	readonly repeats?: (entry: QueuedEntry) => boolean;
	/** An entry is received again because its receiver did not extend its visibility in time. */
	readonly onLapsed?: (entry: QueuedEntry) => void;
	/** The index of the visible entry that a receiver gets next, oldest first. Default: the oldest. */
	readonly pick?: (visible: number) => number;
};

export type Entry = QueuedEntry & {
	readonly group: string | undefined;
	/** Milliseconds of the epoch; kept when the entry moves to a dead-letter queue. */
	readonly sentAt: number;
	/** Entries are ordered by this number, the order in which they were sent. */
	readonly place: number;
	/** Number of receives; kept when the entry moves. */
	receives: number;
	firstReceivedAt: number;
	receivedAt: number;
	/** The time until which its newest handle holds it, and the last visibility time-out set. */
	heldUntil: number;
	heldSeconds: number;
	visibleAt: number;
};

/** The maximum time from a receive for which its handle may hold the entry. */
const heldMaxMs = 12 * 60 * 60_000;

/** A standard queue. Every method first applies what is due by `now`. */
export type MemoryQueue = {
	settings: QueueSettings;
	/** As set by CreateQueue and SetQueueAttributes. */
	readonly attributes: Record<string, string>;
	readonly entries: ReadonlyMap<string, Entry>;
	add(entry: Entry, now: number): void;
	receive(max: number, visibilitySeconds: number, now: number): readonly Entry[];
	/**
	 * Deletes nothing if the entry was received again since: the service, too, promises a deletion by the newest handle
	 * only.
	 */
	remove(handle: string, now: number): void;
	/** False if the handle does not hold its entry: the entry is gone, was received again, or is visible again. */
	hold(handle: string, seconds: number, now: number): boolean;
	nextVisibleAt(now: number): number | undefined;
	/** Loses all entries. Nothing is reported. */
	clear(): void;
	depth(now: number): { readonly visible: number; readonly held: number; readonly delayed: number };
};

export function memoryQueue(
	first: QueueSettings,
	{ watcher, repeats, onLapsed, pick = () => 0 }: QueueOptions,
	moveToDeadLetters: (entry: Entry, deadUrl: string, now: number) => void,
): MemoryQueue {
	const entries = new Map<string, Entry>();
	const visible: SortedList<Entry> = sortedList((one, other) => one.place - other.place);
	const waiting: SortedList<Entry> = sortedList(
		(one, other) => one.visibleAt - other.visibleAt || one.place - other.place,
	);
	/** No entry expires before this. */
	let expiryFrom = Number.POSITIVE_INFINITY;

	const queue: MemoryQueue = {
		settings: first,
		attributes: {},
		entries,
		add(entry, now) {
			entries.set(entry.messageId, entry);
			expiryFrom = Math.min(expiryFrom, expiryOf(entry));
			enlist(entry, now);
			watcher?.added(entry);
		},
		receive(max, visibilitySeconds, now) {
			settle(now);
			const given: Entry[] = [];
			while (given.length < max && visible.values.length > 0) {
				const entry = visible.removeAt(pick(visible.values.length));
				if (entry === undefined) throw new Error("pick gives an index that is not there");
				if (isDead(entry)) moveToDead(entry, now);
				else given.push(entry);
			}
			for (const entry of given) handOut(entry, visibilitySeconds, now);
			return given;
		},
		remove(handle, now) {
			settle(now);
			const entry = newestOf(handle);
			if (entry === undefined) return;
			delist(entry);
			drop(entry, "deleted");
		},
		hold(handle, seconds, now) {
			settle(now);
			const entry = newestOf(handle);
			const until = now + seconds * 1_000;
			if (entry === undefined || entry.heldUntil <= now || until - entry.receivedAt > heldMaxMs) return false;
			delist(entry);
			entry.heldUntil = until;
			entry.heldSeconds = seconds;
			entry.visibleAt = until;
			enlist(entry, now);
			return true;
		},
		nextVisibleAt(now) {
			settle(now);
			return waiting.values[0]?.visibleAt;
		},
		clear() {
			for (const entry of entries.values()) delist(entry);
			entries.clear();
		},
		depth(now) {
			settle(now);
			const held = waiting.values.filter(({ receives }) => receives > 0).length;
			return { visible: visible.values.length, held, delayed: waiting.values.length - held };
		},
	};

	const expiryOf = ({ sentAt }: Entry) => sentAt + queue.settings.retentionSeconds * 1_000;
	const isDead = ({ receives }: Entry) => receives >= (queue.settings.dead?.receivesMax ?? Number.POSITIVE_INFINITY);

	function settle(now: number): void {
		if (now >= expiryFrom) expire(now);
		for (let next = waiting.values[0]; next !== undefined && next.visibleAt <= now; next = waiting.values[0]) {
			waiting.removeAt(0);
			visible.add(next);
		}
	}

	function expire(now: number): void {
		expiryFrom = Number.POSITIVE_INFINITY;
		for (const entry of [...entries.values()]) {
			if (expiryOf(entry) > now) {
				expiryFrom = Math.min(expiryFrom, expiryOf(entry));
				continue;
			}
			delist(entry);
			drop(entry, "expired");
		}
	}

	function enlist(entry: Entry, now: number): void {
		if (entry.visibleAt <= now) visible.add(entry);
		else waiting.add(entry);
	}

	function delist(entry: Entry): void {
		if (waiting.remove(entry) === undefined) visible.remove(entry);
	}

	function drop(entry: Entry, why: "deleted" | "expired" | "moved"): void {
		entries.delete(entry.messageId);
		watcher?.removed(entry, why);
	}

	function moveToDead(entry: Entry, now: number): void {
		moveToDeadLetters(entry, queue.settings.dead?.url ?? "", now);
		drop(entry, "moved");
	}

	function handOut(entry: Entry, visibilitySeconds: number, now: number): void {
		if (entry.receives > 0 && entry.heldUntil <= now && entry.heldSeconds === visibilitySeconds) onLapsed?.(entry);
		entry.receives += 1;
		entry.receivedAt = now;
		if (entry.receives === 1) entry.firstReceivedAt = now;
		entry.heldUntil = now + visibilitySeconds * 1_000;
		entry.heldSeconds = visibilitySeconds;
		entry.visibleAt = repeats?.(entry) ? Math.min(now + 1, entry.heldUntil) : entry.heldUntil;
		enlist(entry, now);
	}

	/** The entry whose newest handle this is. */
	function newestOf(handle: string): Entry | undefined {
		const entry = entries.get(handle.slice(0, handle.lastIndexOf("#")));
		return entry !== undefined && handleOf(entry) === handle ? entry : undefined;
	}

	return queue;
}

/** The handle of an entry's newest receive. */
export function handleOf({ messageId, receives }: Entry): string {
	return `${messageId}#${receives}`;
}
