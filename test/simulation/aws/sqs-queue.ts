import { type SortedList, sortedList } from "./sorted-list.ts";

export type QueueSettings = {
	readonly url: string;
	readonly arn: string;
	readonly visibilitySeconds: number;
	readonly retentionSeconds: number;
	readonly dead?: { readonly url: string; readonly receivesMax: number };
};

export type QueuedEntry = { readonly messageId: string; readonly body: string; readonly queueUrl: string };

/** Of the entries in queues, told as they come and go. */
export type QueueWatcher = {
	added(entry: QueuedEntry): void;
	/** Deleted by a handle, expired by retention, or moved: then its dead-letter queue has told of it before. */
	removed(entry: QueuedEntry, why: "deleted" | "expired" | "moved"): void;
};

export type QueueOptions = {
	readonly watcher?: QueueWatcher;
	readonly newId: () => string;
	/**
	 * Whether an entry, on its way to a receiver, is delivered twice: it is then visible to the next receiver one millisecond later, whoever
	 * holds it. SQS delivers at least once. Never, where this is left out.
	 */
	readonly repeats?: (entry: QueuedEntry) => boolean;
	/** An entry is received again, for its receiver did not extend its visibility in time. */
	readonly onLapsed?: (entry: QueuedEntry) => void;
	/** Which of so many visible entries, the oldest first, a receiver gets next. The oldest, where this is left out. */
	readonly pick?: (visible: number) => number;
};

export type Entry = QueuedEntry & {
	readonly group: string | undefined;
	/** Milliseconds of the epoch; kept when the entry moves to a dead-letter queue. */
	readonly sentAt: number;
	/** Entries are in this order, which is the order of their sending. */
	readonly place: number;
	/** How often it was received; kept when it moves. */
	receives: number;
	firstReceivedAt: number;
	receivedAt: number;
	/** Until when its newest handle holds it, and for how long that was set at last. */
	heldUntil: number;
	heldSeconds: number;
	visibleAt: number;
};

/** Longest time from a receive for which its handle may hold the entry. */
const heldMaxMs = 12 * 60 * 60_000;

/** A standard queue. Every method first lets pass what has passed by `now`. */
export type MemoryQueue = {
	settings: QueueSettings;
	/** As CreateQueue and SetQueueAttributes gave them. */
	readonly attributes: Record<string, string>;
	readonly entries: ReadonlyMap<string, Entry>;
	add(entry: Entry, now: number): void;
	receive(max: number, visibilitySeconds: number, now: number): readonly Entry[];
	/** Deletes nothing where the entry was received again since: the service, too, promises a deletion by the newest handle only. */
	remove(handle: string, now: number): void;
	/** False where the handle does not hold its entry: it is gone, was received again, or its time is over. */
	hold(handle: string, seconds: number, now: number): boolean;
	nextVisibleAt(now: number): number | undefined;
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
