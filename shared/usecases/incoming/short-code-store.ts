import type { ShortCodeEntry } from "../../domain/incoming/short-codes.ts";

/** Whose the short codes and their keywords are (A48). */
export type ShortCodeStore = {
	/** Strongly consistent. */
	find(shortCode: string): Promise<readonly ShortCodeEntry[]>;
	/** All of them, by short code and keyword; of each short code first the one without a keyword. */
	list(): Promise<readonly ShortCodeEntry[]>;
	/** Writes an entry, in the place of the one with its short code and keyword. */
	put(entry: ShortCodeEntry): Promise<void>;
	/** This keyword of a short code is nobody's any more. */
	remove(entry: Pick<ShortCodeEntry, "shortCode" | "keyword">): Promise<void>;
};
