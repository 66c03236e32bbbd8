import type { ShortCodeEntry } from "../../domain/incoming/short-codes.ts";

/** Short codes of accounts (A48). */
export type ShortCodeStore = {
	/** Strongly consistent. */
	find(shortCode: string): Promise<readonly ShortCodeEntry[]>;
	/** All entries, by short code and keyword; the entry without a keyword first. */
	list(): Promise<readonly ShortCodeEntry[]>;
	/** Replaces the entry with the same short code and keyword. */
	put(entry: ShortCodeEntry): Promise<void>;
	remove(entry: Pick<ShortCodeEntry, "shortCode" | "keyword">): Promise<void>;
};
