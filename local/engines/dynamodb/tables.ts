import { type Item, storedItem } from "./attribute-values.ts";
import { badParameter, invalid } from "./errors.ts";
import { itemSize } from "./item-size.ts";
import { indexKey, type KeyRange, type KeySchema, keyAttributes, type SortKey, sortKey } from "./keys.ts";

/** Items in the order of their keys. */
export type ItemStore = {
	get(key: SortKey): Item | undefined;
	put(key: SortKey, item: Item): void;
	remove(key: SortKey): void;
	range(range: KeyRange, isDescending: boolean): Iterable<Item>;
};

/** A global secondary index. Its items have the keys of the index and of the table, and no other attribute. */
export type Index = { readonly schema: KeySchema; readonly items: ItemStore };

export type Table = {
	readonly name: string;
	readonly schema: KeySchema;
	readonly items: ItemStore;
	readonly indexes: ReadonlyMap<string, Index>;
};

/** @throws ServiceError ResourceNotFoundException */
export type Tables = (name: string | undefined) => Table;

const itemMax = 400 * 1_024;

/** A checked item, as the table keeps it, and its key. */
export function newItem({ schema }: Table, given: Item): { readonly key: SortKey; readonly item: Item } {
	const item = storedItem(given);
	const key = sortKey(schema, item);
	if (itemSize(item) > itemMax) invalid("Item size has exceeded the maximum allowed size");
	return { key, item };
}

/** Replaces an item in the table and in its indexes. @param after undefined removes it. */
export function writeItem(table: Table, key: SortKey, before: Item | undefined, after: Item | undefined): void {
	for (const { schema, items } of table.indexes.values()) {
		const [old, current] = [before, after].map((item) => item && indexed(table, schema, item));
		if (old !== undefined && old.key !== current?.key) items.remove(old.key);
		if (current !== undefined) items.put(current.key, current.item);
	}
	if (after !== undefined) table.items.put(key, after);
	else if (before !== undefined) table.items.remove(key);
}

/** An item without the index's keys is not in the index. @throws ValidationException for a key of the wrong type. */
function indexed(table: Table, index: KeySchema, item: Item) {
	const names = index.range === undefined ? [index.hash] : [index.hash, index.range];
	if (names.some(({ name }) => item[name] === undefined)) return undefined;
	return {
		key: indexKey(index, table.schema, item),
		item: { ...keyAttributes(index, item), ...keyAttributes(table.schema, item) },
	};
}

/** Refuses a change that no index could take, before anything is written. */
export function checkIndexKeys(table: Table, item: Item): void {
	for (const { schema } of table.indexes.values()) indexed(table, schema, item);
}

export function mustFit(item: Item): void {
	if (itemSize(item) > itemMax) invalid("Item size to update has exceeded the maximum allowed size");
}

export function tableNameIn(name: unknown): string {
	if (typeof name === "string" && /^[\w.-]{3,255}$/.test(name)) return name;
	if (name === undefined || name === null) {
		return invalid("Value null at 'tableName' failed to satisfy constraint: Member must not be null");
	}
	return badParameter(`${JSON.stringify(name)} is not the name of a table`);
}
