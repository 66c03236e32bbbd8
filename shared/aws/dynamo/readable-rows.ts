import type { Log } from "../../log.ts";
import type { Item } from "./dynamo-items.ts";

/** Where it is told that a row was set aside: its event and fields say which, and never what it holds. */
export type RowLog = Pick<Log, "error">;

/** Rows as they were read, and the items that could not be. */
export type SortedRows<Row> = { readonly rows: readonly Row[]; readonly unreadable: readonly Item[] };

export type RowReading<Row> = {
	readonly log: RowLog;
	readonly event: "message.unreadable" | "row.unreadable";
	/** Which row an item is, for the log. */
	readonly named: (item: Item) => Readonly<Record<string, unknown>>;
	/** @throws Error on what is no such row. */
	readonly read: (item: Item) => Row;
};

const reasonMax = 200;

/** How rows of a table are read, each named by the attributes of its key. */
export function rowReading<Row>(
	log: RowLog,
	table: string,
	key: readonly string[],
	read: (item: Item) => Row,
): RowReading<Row> {
	const named = (item: Item) => ({ table, key: key.map((name) => item[name]?.S ?? item[name]?.N ?? "").join(" ") });
	return { log, event: "row.unreadable", named, read };
}

/**
 * Reads every item by itself. One that does not parse is set aside alone, with a line of the log that counts as UnreadableRows: its neighbours
 * go on, and it stays where it is.
 */
export function readableRows<Row>(items: readonly Item[], reading: RowReading<Row>): SortedRows<Row> {
	const rows: Row[] = [];
	const unreadable: Item[] = [];
	for (const item of items) {
		try {
			rows.push(reading.read(item));
		} catch (error) {
			unreadable.push(item);
			logUnreadable(item, reading, error);
		}
	}
	return { rows, unreadable };
}

function logUnreadable(item: Item, { log, event, named }: Omit<RowReading<unknown>, "read">, error: unknown): void {
	const reason = String(error instanceof Error ? error.message : error).replace(/\s+/g, " ");
	log.error(event, { ...named(item), reason: reason.slice(0, reasonMax) });
}

/** Items that DynamoDB is to delete and has not yet, which takes days, are left out: to everybody they are not there. */
export function unexpired(items: readonly Item[], now: number): readonly Item[] {
	return items.filter(({ ttl }) => ttl?.N === undefined || Number(ttl.N) * 1_000 > now);
}
