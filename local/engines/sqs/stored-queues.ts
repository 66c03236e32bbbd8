import type { LmdbStore } from "../lmdb-store.ts";
import type { Entry, MemoryQueue, QueueWatcher } from "./queue.ts";
import type { QueueEngine } from "./queue-engine.ts";

type StoredQueue = { readonly name: string; readonly attributes: Readonly<Record<string, string>> };

/** Queues and their entries in a store. */
export type StoredQueues = {
	readonly watcher: QueueWatcher;
	/** The number of the next entry. */
	readonly firstPlace: number;
	onDefined(queue: MemoryQueue): void;
	/** Puts everything back into an engine without queues. All entries but delayed ones are visible at once, as after a receive. */
	restore(engine: QueueEngine, now: number): void;
};

export function storedQueues(store: LmdbStore): StoredQueues {
	const queues = store.collection<StoredQueue>("queues");
	const entries = store.collection<Entry>("entries");
	const [...known] = entries.entries();
	let isRestoring = false;
	const put = (entry: Entry) => {
		if (!isRestoring) entries.put(keyOf(entry), entry);
	};

	return {
		watcher: {
			added: (entry) => put(entry as Entry),
			/* One that moved has its key already from its new queue. */
			removed(entry, why) {
				if (why !== "moved") entries.remove(keyOf(entry as Entry));
			},
			/* The first receive of most entries is the last. */
			changed(entry) {
				if (entry.receives > 1) put(entry);
			},
		},
		firstPlace: Math.max(0, ...known.slice(-1).map(([, { place }]) => place)) + 1,
		onDefined({ settings, attributes }) {
			const name = settings.arn.slice(settings.arn.lastIndexOf(":") + 1);
			if (!isRestoring) queues.put(name, { name, attributes });
		},
		restore(engine, now) {
			isRestoring = true;
			const all = [...queues.entries()].map(([, queue]) => queue);
			/* A redrive policy names another queue, so all must exist first. */
			const urls = all.map(
				({ name }) => engine.execute("CreateQueue", { QueueName: name }, now) as { QueueUrl: string },
			);
			for (const [index, { attributes: Attributes }] of all.entries()) {
				engine.execute("SetQueueAttributes", { ...urls[index], Attributes }, now);
			}
			for (const [, entry] of known) {
				const isDelayed = entry.receives === 0 && entry.visibleAt > now;
				engine.queue(entry.queueUrl).add(isDelayed ? entry : receivedBefore(entry, now), now);
			}
			isRestoring = false;
		},
	};
}

/**
 * Whether an entry was received once is not in the store. Consumers take a first receive for the proof that no other has acted on
 * the entry, so after a restart each counts as received.
 */
function receivedBefore(entry: Entry, now: number): Entry {
	const receives = Math.max(1, entry.receives);
	return { ...entry, receives, firstReceivedAt: entry.firstReceivedAt || now, visibleAt: now, heldUntil: now };
}

/** Texts in the order of the numbers. */
const keyOf = ({ place }: Entry) => String(place).padStart(16, "0");
