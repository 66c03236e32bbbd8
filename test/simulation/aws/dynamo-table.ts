import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { compareValues, type Item } from "./attribute-values.ts";
import { invalid } from "./dynamo-errors.ts";
import { type SortedList, sortedList } from "./sorted-list.ts";

export type TableSchema = { readonly name: string; readonly hashKey: string; readonly rangeKey?: string };

/** One item's change, reported after it was applied, in order. */
export type ItemChange = {
	readonly table: string;
	readonly before: Item | undefined;
	readonly after: Item | undefined;
};

/** The items of one table, by their keys. Methods refuse keys and items that the service would refuse. */
export type MemoryTable = {
	readonly schema: TableSchema;
	/** The key of an item, or of an object with more attributes than the key. */
	keyOf(item: Item): Item;
	/** A text that is unique to a key. @param exact refuses objects with more attributes than the key. */
	textOf(key: Item, exact?: boolean): string;
	at(keyText: string): Item | undefined;
	put(keyText: string, item: Item): void;
	remove(keyText: string): void;
	all(): Iterable<Item>;
	/** Reports no change. */
	clear(): void;
	/** Items of one partition, by their range keys. */
	partition(hash: AttributeValue): SortedList<Item> | undefined;
};

export function memoryTable(schema: TableSchema, onChange: (change: ItemChange) => void): MemoryTable {
	const { name: table, hashKey, rangeKey } = schema;
	const items = new Map<string, Item>();
	const partitions = new Map<string, SortedList<Item>>();
	const textOfHash = keyReader(hashKey);
	const textOfRange = rangeKey === undefined ? undefined : keyReader(rangeKey);
	const keysInAll = rangeKey === undefined ? 1 : 2;
	const byRange = (one: Item, other: Item) =>
		rangeKey === undefined ? 0 : compareValues(one[rangeKey] as AttributeValue, other[rangeKey] as AttributeValue);

	function partitionOf(item: Item): SortedList<Item> | undefined {
		if (rangeKey === undefined) return undefined;
		const hash = textOfHash(item[hashKey]);
		const known = partitions.get(hash) ?? sortedList(byRange);
		partitions.set(hash, known);
		return known;
	}

	return {
		schema,
		keyOf(item) {
			const hash = { [hashKey]: item[hashKey] as AttributeValue };
			return rangeKey === undefined ? hash : { ...hash, [rangeKey]: item[rangeKey] as AttributeValue };
		},
		textOf(key, exact = false) {
			if (exact && Object.keys(key).length !== keysInAll) invalid("The provided key element does not match the schema");
			const hash = textOfHash(key[hashKey]);
			if (rangeKey === undefined || textOfRange === undefined) return hash;
			return `${hash.length}:${hash}${textOfRange(key[rangeKey])}`;
		},
		at: (keyText) => items.get(keyText),
		put(keyText, item) {
			const before = items.get(keyText);
			const partition = partitionOf(item);
			if (before !== undefined) partition?.remove(before);
			partition?.add(item);
			items.set(keyText, item);
			onChange({ table, before, after: item });
		},
		remove(keyText) {
			const before = items.get(keyText);
			if (before === undefined) return;
			partitionOf(before)?.remove(before);
			items.delete(keyText);
			onChange({ table, before, after: undefined });
		},
		all: () => items.values(),
		clear() {
			items.clear();
			partitions.clear();
		},
		partition: (hash) => partitions.get(textOfHash(hash)),
	};
}

/**
 * Reads a key attribute's text. All its values must have the type of the first one, because the schema here has only
 * the keys' names.
 */
function keyReader(name: string): (value: AttributeValue | undefined) => string {
	let type: "S" | "N" | undefined;
	return (value) => {
		if (value === undefined) return invalid(`One of the required keys was not given a value: ${name}`);
		type ??= value.S === undefined ? "N" : "S";
		const text = value[type];
		if (text === undefined) return invalid(`Type mismatch for key ${name}: expected ${type}`);
		if (text === "") return invalid(`a key attribute cannot contain an empty string value. Key: ${name}`);
		return text;
	};
}
