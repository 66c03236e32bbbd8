import type { SlotRow } from "../../domain/schedule/slots.ts";

export type SlotPage = {
	readonly rows: readonly SlotRow[];
	/** The number of further rows that cannot be read. They stay. */
	readonly unreadable: number;
	/** Where the next page begins; null: this is the last. */
	readonly next: string | null;
};

/** Keeps slot rows and a list of slots. */
export type SlotStore = {
	/** Lists the slots, then writes the rows. */
	put(rows: readonly SlotRow[]): Promise<void>;
	/** The listed slots up to this instant, included. A listed slot may have no rows any more. */
	due(until: number): Promise<readonly number[]>;
	/** At most `rowsMax` rows of a shard: the first ones, or those after the end of a page. */
	rows(slot: number, shard: number, rowsMax: number, after?: string | null): Promise<SlotPage>;
	remove(rows: readonly SlotRow[]): Promise<void>;
	/** Removes a slot from the list, until a row is put there again. */
	forget(slot: number): Promise<void>;
};

/** Alarms that start the check of a slot. */
export type SlotAlarms = {
	/** May be repeated. */
	set(slot: number): Promise<void>;
};
