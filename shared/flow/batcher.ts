import { ongoingWork } from "./ongoing-work.ts";

export type BatcherLimits = {
	readonly itemsMax: number;
	/** The batch closes when no item has come for so long. It stays short for callers that wait before they add more. */
	readonly quietMs: number;
	/** The batch closes at the latest so long after its first item. */
	readonly waitMs: number;
};

export type Batcher<Item> = {
	/** Resolves, or rejects, with the work on this item's batch. */
	add(item: Item): Promise<void>;
	/** Resolves when all items added before are done. */
	drained(): Promise<void>;
};

/** Collects items into micro-batches, because each call has its price. */
export function batcher<Item>(
	{ itemsMax, quietMs, waitMs }: BatcherLimits,
	work: (items: readonly Item[]) => Promise<void>,
): Batcher<Item> {
	let items: Item[] = [];
	let batch = Promise.withResolvers<void>();
	let timer: NodeJS.Timeout | undefined;
	let firstAt = 0;
	let lastAt = 0;
	const underWay = ongoingWork();

	function flush(): void {
		clearTimeout(timer);
		timer = undefined;
		const [now, own] = [items, batch];
		items = [];
		batch = Promise.withResolvers();
		void underWay.add(work(now).then(own.resolve, own.reject));
	}

	function flushWhenDue(): void {
		const leftMs = Math.min(firstAt + waitMs, lastAt + quietMs) - performance.now();
		if (leftMs <= 0) flush();
		else timer = setTimeout(flushWhenDue, leftMs);
	}

	return {
		add(item) {
			items.push(item);
			lastAt = performance.now();
			if (items.length === 1) firstAt = lastAt;
			const { promise } = batch;
			if (items.length >= itemsMax) flush();
			else timer ??= setTimeout(flushWhenDue, quietMs);
			return promise;
		},
		async drained() {
			if (items.length > 0) flush();
			await underWay.settled();
		},
	};
}
