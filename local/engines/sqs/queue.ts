import type { VisibleEntries, WaitingEntries } from "./entry-lists.ts";

export type QueueSettings = {
	readonly url: string;
	readonly arn: string;
	readonly visibilitySeconds: number;
	readonly retentionSeconds: number;
	/** The delay of an entry that has none of its own; default 0. */
	readonly delaySeconds?: number;
	/** How long a receive waits that does not say so; default 0. */
	readonly waitSeconds?: number;
	readonly dead?: { readonly url: string; readonly receivesMax: number };
};

export type QueuedEntry = { readonly messageId: string; readonly body: string; readonly queueUrl: string };

/** Reports entries as they enter and leave queues. */
export type QueueWatcher = {
	added(entry: QueuedEntry): void;
	/** Deleted by a handle, expired by retention, or moved. If it moved, its dead-letter queue has reported it first. */
	removed(entry: QueuedEntry, why: "deleted" | "expired" | "moved"): void;
	/** Received, or held for another time. */
	changed?(entry: Entry): void;
};

export type QueueOptions = {
	readonly watcher?: QueueWatcher;
	readonly newId: () => string;
	/** The number of the next entry; default 1. */
	readonly firstPlace?: number;
	/** A queue was created, or its attributes were set. */
	readonly onDefined?: (queue: MemoryQueue) => void;
	/**
	 * Whether SQS delivers a received entry twice. It is then visible to the next receiver one millisecond later,
	 * although the first holds it: SQS delivers at least once. Default: never.
	 */
	readonly repeats?: (entry: QueuedEntry) => boolean;
	/** An entry is received again because its receiver did not extend its visibility in time. */
	readonly onLapsed?: (entry: QueuedEntry) => void;
	readonly visible: () => VisibleEntries<Entry>;
	readonly waiting: () => WaitingEntries<Entry>;
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

type MoveToDeadLetters = (entry: Entry, deadUrl: string, now: number) => void;

export function memoryQueue(
	settings: QueueSettings,
	options: QueueOptions,
	moveToDeadLetters: MoveToDeadLetters,
): MemoryQueue {
	return new StandardQueue(settings, options, moveToDeadLetters);
}

class StandardQueue implements MemoryQueue {
	settings: QueueSettings;
	readonly attributes: Record<string, string> = {};
	readonly entries = new Map<string, Entry>();
	readonly #options: QueueOptions;
	readonly #moveToDeadLetters: MoveToDeadLetters;
	readonly #visible: VisibleEntries<Entry>;
	readonly #waiting: WaitingEntries<Entry>;
	/** Of the waiting entries, those that were received. */
	#held = 0;
	/** No entry expires before this. */
	#expiryFrom = Number.POSITIVE_INFINITY;

	constructor(settings: QueueSettings, options: QueueOptions, moveToDeadLetters: MoveToDeadLetters) {
		this.settings = settings;
		this.#options = options;
		this.#moveToDeadLetters = moveToDeadLetters;
		this.#visible = options.visible();
		this.#waiting = options.waiting();
	}

	add(entry: Entry, now: number): void {
		this.entries.set(entry.messageId, entry);
		this.#expiryFrom = Math.min(this.#expiryFrom, this.#expiryOf(entry));
		this.#enlist(entry, now);
		this.#options.watcher?.added(entry);
	}

	receive(max: number, visibilitySeconds: number, now: number): readonly Entry[] {
		this.#settle(now);
		const given: Entry[] = [];
		while (given.length < max) {
			const entry = this.#visible.take();
			if (entry === undefined) break;
			if (this.#isDead(entry)) this.#moveToDead(entry, now);
			else given.push(entry);
		}
		for (const entry of given) this.#handOut(entry, visibilitySeconds, now);
		return given;
	}

	remove(handle: string, now: number): void {
		this.#settle(now);
		const entry = this.#newestOf(handle);
		if (entry === undefined) return;
		this.#delist(entry);
		this.#drop(entry, "deleted");
	}

	hold(handle: string, seconds: number, now: number): boolean {
		this.#settle(now);
		const entry = this.#newestOf(handle);
		const until = now + seconds * 1_000;
		if (entry === undefined || entry.heldUntil <= now || until - entry.receivedAt > heldMaxMs) return false;
		this.#delist(entry);
		entry.heldUntil = until;
		entry.heldSeconds = seconds;
		entry.visibleAt = until;
		this.#enlist(entry, now);
		this.#options.watcher?.changed?.(entry);
		return true;
	}

	nextVisibleAt(now: number): number | undefined {
		this.#settle(now);
		return this.#waiting.first()?.visibleAt;
	}

	clear(): void {
		for (const entry of this.entries.values()) this.#delist(entry);
		this.entries.clear();
	}

	depth(now: number): { readonly visible: number; readonly held: number; readonly delayed: number } {
		this.#settle(now);
		return { visible: this.#visible.size, held: this.#held, delayed: this.#waiting.size - this.#held };
	}

	#expiryOf({ sentAt }: Entry): number {
		return sentAt + this.settings.retentionSeconds * 1_000;
	}

	#isDead({ receives }: Entry): boolean {
		return receives >= (this.settings.dead?.receivesMax ?? Number.POSITIVE_INFINITY);
	}

	#settle(now: number): void {
		if (now >= this.#expiryFrom) this.#expire(now);
		for (let next = this.#waiting.first(); next !== undefined && next.visibleAt <= now; next = this.#waiting.first()) {
			this.#delist(next);
			this.#visible.add(next);
		}
	}

	#expire(now: number): void {
		this.#expiryFrom = Number.POSITIVE_INFINITY;
		for (const entry of [...this.entries.values()]) {
			if (this.#expiryOf(entry) > now) {
				this.#expiryFrom = Math.min(this.#expiryFrom, this.#expiryOf(entry));
				continue;
			}
			this.#delist(entry);
			this.#drop(entry, "expired");
		}
	}

	#enlist(entry: Entry, now: number): void {
		if (entry.visibleAt <= now) {
			this.#visible.add(entry);
			return;
		}
		this.#waiting.add(entry);
		if (entry.receives > 0) this.#held += 1;
	}

	#delist(entry: Entry): void {
		if (!this.#waiting.remove(entry)) this.#visible.remove(entry);
		else if (entry.receives > 0) this.#held -= 1;
	}

	#drop(entry: Entry, why: "deleted" | "expired" | "moved"): void {
		this.entries.delete(entry.messageId);
		this.#options.watcher?.removed(entry, why);
	}

	#moveToDead(entry: Entry, now: number): void {
		this.#moveToDeadLetters(entry, this.settings.dead?.url ?? "", now);
		this.#drop(entry, "moved");
	}

	#handOut(entry: Entry, visibilitySeconds: number, now: number): void {
		const { onLapsed, repeats, watcher } = this.#options;
		if (entry.receives > 0 && entry.heldUntil <= now && entry.heldSeconds === visibilitySeconds) onLapsed?.(entry);
		entry.receives += 1;
		entry.receivedAt = now;
		if (entry.receives === 1) entry.firstReceivedAt = now;
		entry.heldUntil = now + visibilitySeconds * 1_000;
		entry.heldSeconds = visibilitySeconds;
		entry.visibleAt = repeats?.(entry) ? Math.min(now + 1, entry.heldUntil) : entry.heldUntil;
		this.#enlist(entry, now);
		watcher?.changed?.(entry);
	}

	#newestOf(handle: string): Entry | undefined {
		const entry = this.entries.get(handle.slice(0, handle.lastIndexOf("#")));
		return entry !== undefined && handleOf(entry) === handle ? entry : undefined;
	}
}

/** The handle of an entry's newest receive. */
export function handleOf({ messageId, receives }: Entry): string {
	return `${messageId}#${receives}`;
}
