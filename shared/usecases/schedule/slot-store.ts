import type { SlotRow } from "../../domain/schedule/slots.ts";

/** Some rows of a shard. */
export type SlotPage = {
	readonly rows: readonly SlotRow[];
	/** How many are there besides that cannot be read, for another version wrote them: they stay. */
	readonly unreadable: number;
	/** Where the next page begins; null where this was the last. */
	readonly next: string | null;
};

export type SlotStore = {
	/** Writes rows, and first that their slots have some. */
	put(rows: readonly SlotRow[]): Promise<void>;
	/** The slots until this instant, it included, that have rows or had some. */
	due(until: number): Promise<readonly number[]>;
	/** Some of a shard's rows, at most so many: its first, or those that follow where a page ended. */
	rows(slot: number, shard: number, rowsMax: number, after?: string | null): Promise<SlotPage>;
	remove(rows: readonly SlotRow[]): Promise<void>;
	/** Nobody looks for this slot's rows any more, until one is put there again. */
	forget(slot: number): Promise<void>;
};

/** What calls for a look at a slot when it comes. */
export type SlotAlarms = {
	/** Sets the slot's alarm; one that is set already is as good. */
	set(slot: number): Promise<void>;
};
