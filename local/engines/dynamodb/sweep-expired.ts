import { setTimeout as wait } from "node:timers/promises";
import type { Item } from "./attribute-values.ts";
import type { Catalog, StoredTable } from "./catalog.ts";
import { allKeys, type SortKey, sortKey } from "./keys.ts";
import { writeItem } from "./tables.ts";

/** DynamoDB deletes within a few days. */
const everyMs = 60 * 60_000;
const sliceMax = 100;
const pauseMs = 100;
/** DynamoDB leaves an item that expired before this. */
const oldestMs = 5 * 365 * 24 * 60 * 60_000;

/** Deletes expired items from time to time, a few at once. Returns how to stop it. */
export function sweepExpired(catalog: Pick<Catalog, "all">): () => void {
	const stopped = new AbortController();
	const pause = async (ms: number) => await wait(ms, undefined, { ref: false, signal: stopped.signal });
	const sweep = async () => {
		for (;;) {
			await pause(everyMs);
			for (const table of [...catalog.all()]) {
				for (let after: SortKey | undefined = ""; after !== undefined; await pause(pauseMs)) {
					after = deleteExpired(table, after, Date.now());
				}
			}
		}
	};
	sweep().catch(() => undefined);
	return () => stopped.abort();
}

/** Looks at a few items that follow a key. Returns the last one's key; undefined if no item follows. */
export function deleteExpired(table: StoredTable, after: SortKey, now: number): SortKey | undefined {
	const { ttlAttribute } = table;
	if (ttlAttribute === undefined) return undefined;
	let seen = 0;
	for (const { key, item } of itemsAfter(table, after)) {
		if (isExpired(item, ttlAttribute, now)) {
			const current = table.items.get(key);
			if (current !== undefined && isExpired(current, ttlAttribute, now)) writeItem(table, key, current, undefined);
		}
		seen += 1;
		if (seen === sliceMax) return key;
	}
	return undefined;
}

function* itemsAfter({ items, schema }: StoredTable, after: SortKey) {
	for (const item of items.range({ from: `${after}\0`, to: allKeys.to }, false)) {
		yield { key: sortKey(schema, item), item };
	}
}

function isExpired(item: Item, ttlAttribute: string, now: number): boolean {
	const seconds = Number(item[ttlAttribute]?.N ?? Number.NaN);
	return seconds * 1_000 <= now && seconds * 1_000 > now - oldestMs;
}
