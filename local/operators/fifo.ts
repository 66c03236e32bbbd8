export type Fifo<Item> = {
	readonly size: number;
	push(item: Item): void;
	peek(): Item | undefined;
	shift(): Item | undefined;
};

/** A queue with constant cost at any length; an array's `shift` moves all remaining items. */
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
