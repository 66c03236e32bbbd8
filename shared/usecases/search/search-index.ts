import type { EntryPage, Period, Place } from "../../domain/search/search-entry.ts";

export type EntriesWanted = Period & {
	readonly number: string;
	readonly userName: string;
	/** Only entries before this one; null: from the newest on. */
	readonly before: Place | null;
	readonly limit: number;
};

/** Finds messages by a number. What was written in the last seconds may be missing. */
export type SearchIndex = {
	/** Entries of one account, the newest first. It reads no more keys than the limit. */
	entries(wanted: EntriesWanted): Promise<EntryPage>;
	/** The accounts that have entries of a number: at most so many, each for one key that is read. */
	accounts(number: string, accountsMax: number): Promise<readonly string[]>;
};
