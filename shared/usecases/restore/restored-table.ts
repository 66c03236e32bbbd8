/** `unreadable`: the number of further rows that cannot be read. `next`: where the next page begins; null: this is the last. */
export type RestoredPage<Row> = {
	readonly rows: readonly Row[];
	readonly unreadable: number;
	readonly next: string | null;
};

/** A table that AWS restored under another name, or a replica. Nothing changes it. */
export type RestoredTable<Row> = { page(from: string | null): Promise<RestoredPage<Row>> };
