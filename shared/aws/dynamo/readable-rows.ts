import type { Log } from "../../log.ts";
import type { Item } from "./dynamo-items.ts";

/** The log of unreadable rows. Its lines name the row and never its content. */
export type RowLog = Pick<Log, "error">;

export type ParsedRows<Row> = { readonly rows: readonly Row[]; readonly unreadable: readonly Item[] };

export type RowReading<Row> = {
	readonly log: RowLog;
	readonly event: "message.unreadable" | "row.unreadable";
	readonly logFields: (item: Item) => Readonly<Record<string, unknown>>;
	readonly read: (item: Item) => Row;
};

const reasonMax = 200;

export function rowReading<Row>(
	log: RowLog,
	table: string,
	key: readonly string[],
	read: (item: Item) => Row,
): RowReading<Row> {
	const logFields = (item: Item) => ({ table, key: key.map((name) => item[name]?.S ?? item[name]?.N ?? "").join(" ") });
	return { log, event: "row.unreadable", logFields, read };
}

/**
 * Parses each item separately. An item that does not parse is logged, which counts as UnreadableRows, and stays in the table;
 * the others are not affected.
 */
export function readableRows<Row>(items: readonly Item[], reading: RowReading<Row>): ParsedRows<Row> {
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

function logUnreadable(item: Item, { log, event, logFields }: Omit<RowReading<unknown>, "read">, error: unknown): void {
	const reason = String(error instanceof Error ? error.message : error).replace(/\s+/g, " ");
	log.error(event, { ...logFields(item), reason: reason.slice(0, reasonMax) });
}

/** Leaves out items past their time to live, which DynamoDB deletes only days later. */
export function unexpired(items: readonly Item[], now: number): readonly Item[] {
	return items.filter(({ ttl }) => ttl?.N === undefined || Number(ttl.N) * 1_000 > now);
}
