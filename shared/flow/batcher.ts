import { ongoingWork } from "./ongoing-work.ts";

export type BatcherLimits = {
	/** The most items that go together. */
	readonly itemsMax: number;
	/** They go once nothing has come for so long: whoever waits for an answer before it gives more waits for little. */
	readonly quietMs: number;
	/** How long the first may wait for others, as long as they come. */
	readonly waitMs: number;
};

/** Takes items one at a time, to be worked on together. */
export type Batcher<Item> = {
	/** Resolves when the work on this item's batch is done; rejects as it does. */
	add(item: Item): Promise<void>;
	/** Resolves when nothing that was added before is left. */
	drained(): Promise<void>;
};

/** Gathers what comes within a moment into batches, so that one call serves many: the price of a call is paid per batch. */
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

	/** Looks again when it may be time, rather than set a timer anew for each item. */
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
