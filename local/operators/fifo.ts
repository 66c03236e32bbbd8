export type Fifo<Item> = {
	readonly size: number;
	/** At the bound the oldest is let go. */
	push(item: Item): void;
	peek(): Item | undefined;
	shift(): Item | undefined;
};

/** First in, first out, at a constant cost however long it is; an array's own shift moves all that is left. */
export function fifo<Item>(itemsMax: number): Fifo<Item> {
	let items: Item[] = [];
	let head = 0;

	function shift(): Item | undefined {
		if (head === items.length) return undefined;
		const item = items[head];
		head++;
		if (head > 1_000 && head * 2 > items.length) {
			items = items.slice(head);
			head = 0;
		}
		return item;
	}

	return {
		get size() {
			return items.length - head;
		},
		push(item) {
			if (items.length - head >= itemsMax) shift();
			items.push(item);
		},
		peek: () => items[head],
		shift,
	};
}
