import type { NumberEntry } from "../../domain/numbers/number-entry.ts";

/** What is known of numbers beyond their prefix. */
export type NumberStore = {
	/**
	 * Strongly consistent, by recipient, up to 100 in one call; a number of which nothing is known is left out. One whose row cannot be read may be
	 * blocked, or anybody's: nothing is to be sent to it.
	 */
	find(recipients: readonly string[]): Promise<ReadonlyMap<string, NumberEntry | "unreadable">>;
	/** Writes entries, whatever was there before. The same number must not occur twice. */
	put(entries: readonly NumberEntry[]): Promise<void>;
	/** Nothing is known of these numbers any more. The same number must not occur twice. */
	remove(recipients: readonly string[]): Promise<void>;
};
