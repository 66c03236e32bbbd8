import type { Item } from "#local/engines/dynamodb/attribute-values.ts";
import type { KeySchema, SortKey } from "#local/engines/dynamodb/keys.ts";
import type { ItemStore } from "#local/engines/dynamodb/tables.ts";
import { sortedList } from "./sorted-list.ts";

/** One item's change, reported after it was applied, in order. */
export type ItemChange = {
	readonly table: string;
	readonly before: Item | undefined;
	readonly after: Item | undefined;
};

export type MemoryItems = ItemStore & {
	all(): Iterable<Item>;
	/** Reports no change. */
	clear(): void;
};

const inOrder = (one: SortKey, other: SortKey) => (one < other ? -1 : +(one > other));

/** The items of one table. Only a table with a range key keeps its keys in order all the time. */
export function memoryItems(table: string, schema: KeySchema, onChange: (change: ItemChange) => void): MemoryItems {
	const items = new Map<SortKey, Item>();
	const ordered = schema.range === undefined ? undefined : sortedList<SortKey>(inOrder);
	const inRange = (values: readonly SortKey[], from: SortKey, to: SortKey) =>
		values.filter((key) => key >= from && key < to);

	return {
		get: (key) => items.get(key),
		put(key, item) {
			const before = items.get(key);
			if (before === undefined) ordered?.add(key);
			items.set(key, item);
			onChange({ table, before, after: item });
		},
		remove(key) {
			const before = items.get(key);
			if (before === undefined) return;
			items.delete(key);
			ordered?.remove(key);
			onChange({ table, before, after: undefined });
		},
		range({ from, to }, isDescending) {
			const keys =
				ordered === undefined
					? inRange([...items.keys()].sort(inOrder), from, to)
					: ordered.values.slice(ordered.indexFrom(from), ordered.indexFrom(to));
			if (isDescending) keys.reverse();
			return keys.map((key) => items.get(key) as Item);
		},
		all: () => items.values(),
		clear() {
			items.clear();
			while (ordered !== undefined && ordered.values.length > 0) ordered.removeAt(0);
		},
	};
}
