import { type Item, storedItem } from "./attribute-values.ts";
import { badParameter, invalid } from "./errors.ts";
import { itemSize, writeUnits } from "./item-size.ts";
import { allKeys, indexKey, type KeyRange, type KeySchema, keyAttributes, type SortKey, sortKey } from "./keys.ts";

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
export type TableByName = (name: string | undefined) => Table;

const itemMax = 400 * 1_024;

/** A checked item, as the table keeps it, and its key. */
export function newItem(table: Table, given: Item): { readonly key: SortKey; readonly item: Item } {
	const item = storedItem(given);
	const key = sortKey(table.schema, item);
	checkIndexKeys(table, item);
	if (itemSize(item) > itemMax) invalid("Item size has exceeded the maximum allowed size");
	return { key, item };
}

type IndexEntry = { readonly key: SortKey; readonly item: Item };
type IndexChange = {
	readonly items: ItemStore;
	readonly old: IndexEntry | undefined;
	readonly next: IndexEntry | undefined;
};

/** What a write changes in the indexes. An entry that stays as it is costs nothing. */
function indexChanges(table: Table, before: Item | undefined, after: Item | undefined): readonly IndexChange[] {
	return [...table.indexes.values()]
		.map(({ schema, items }) => {
			const [old, next] = [before, after].map((item) => item && indexEntry(table, schema, item));
			return { items, old, next };
		})
		.filter(({ old, next }) => old?.key !== next?.key);
}

/** Replaces an item in the table and in its indexes. @param after undefined removes it. */
export function writeItem(table: Table, key: SortKey, before: Item | undefined, after: Item | undefined): void {
	if (table.indexes.size > 0) {
		for (const { items, old, next } of indexChanges(table, before, after)) {
			if (old !== undefined) items.remove(old.key);
			if (next !== undefined) items.put(next.key, next.item);
		}
	}
	if (after !== undefined) table.items.put(key, after);
	else if (before !== undefined) table.items.remove(key);
}

/** The larger of an item before and after counts, and each entry of an index that is removed or put. */
export function unitsOfWrite(table: Table, before: Item | undefined, after: Item | undefined): number {
	const octets = [before, after].map((item) => (item === undefined ? 0 : itemSize(item)));
	const entries = indexChanges(table, before, after).flatMap(({ old, next }) => [old, next]);
	return entries.reduce(
		(sum, entry) => sum + (entry === undefined ? 0 : writeUnits(itemSize(entry.item))),
		writeUnits(Math.max(...octets)),
	);
}

/** Puts the items of a table into a new index of it. */
export function fillIndex(table: Table, name: string): void {
	const index = table.indexes.get(name);
	if (index === undefined) return;
	for (const item of table.items.range(allKeys, false)) {
		const entry = indexEntry(table, index.schema, item);
		if (entry !== undefined) index.items.put(entry.key, entry.item);
	}
}

const keysOf = ({ hash, range }: KeySchema) => (range === undefined ? [hash] : [hash, range]);

/** An item without the index's keys is not in the index. */
function indexEntry(table: Table, index: KeySchema, item: Item): IndexEntry | undefined {
	if (keysOf(index).some(({ name }) => item[name] === undefined)) return undefined;
	return {
		key: indexKey(index, table.schema, item),
		item: { ...keyAttributes(index, item), ...keyAttributes(table.schema, item) },
	};
}

/** Refuses an item with an attribute that an index cannot take as its key. @throws ValidationException */
export function checkIndexKeys(table: Table, item: Item): void {
	for (const { schema } of table.indexes.values()) {
		for (const attribute of keysOf(schema)) {
			if (item[attribute.name] !== undefined) sortKey({ hash: attribute }, item);
		}
	}
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
