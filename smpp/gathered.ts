export type Gathering = {
	/** The most items that go together. */
	readonly itemsMax: number;
	/** How long the first may wait for others. */
	readonly waitMs: number;
};

/** Takes items one at a time, to be worked on together. */
export type Gathered<Item> = {
	/** Resolves when the work on this item's lot is done; rejects as it does. */
	add(item: Item): Promise<void>;
	/** Resolves when nothing that was added before is left. */
	drained(): Promise<void>;
};

/** Gathers what comes within a moment into lots, so that one call serves many: the price of a call is paid per lot. */
export function gathered<Item>(
	{ itemsMax, waitMs }: Gathering,
	work: (items: readonly Item[]) => Promise<void>,
): Gathered<Item> {
	let items: Item[] = [];
	let lot = Promise.withResolvers<void>();
	let timer: NodeJS.Timeout | undefined;
	const underWay = new Set<Promise<void>>();

	function begin(): void {
		clearTimeout(timer);
		timer = undefined;
		const [now, own] = [items, lot];
		items = [];
		lot = Promise.withResolvers();
		const done = work(now).then(own.resolve, own.reject);
		underWay.add(done);
		void done.finally(() => underWay.delete(done));
	}

	return {
		add(item) {
			items.push(item);
			const { promise } = lot;
			if (items.length >= itemsMax) begin();
			else timer ??= setTimeout(begin, waitMs);
			return promise;
		},
		async drained() {
			if (items.length > 0) begin();
			while (underWay.size > 0) await Promise.all(underWay);
		},
	};
}
