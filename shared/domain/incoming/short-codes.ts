/** The account for a short code and first word (A48). Without a keyword: for messages that match no other entry. */
export type ShortCodeEntry = {
	readonly shortCode: string;
	readonly keyword: string | null;
	readonly userName: string;
};

/** Sort order for lists: by short code, the entry without a keyword first. */
export function byShortCode(one: ShortCodeEntry, other: ShortCodeEntry): number {
	const [before, after] = [one, other].map(({ shortCode, keyword }) => `${shortCode}\0${keyword ?? ""}`);
	return (before ?? "") < (after ?? "") ? -1 : 1;
}

export function keywordOf(written: string): string {
	return written.normalize("NFC").toLowerCase();
}

/** Subscribers write `STOP!` and mean `stop`. */
const withoutOuterPunctuation = (word: string) => /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/su.exec(word)?.[0] ?? "";

/** The account that gets a message with this text, or null: unrouted. */
export function ownerOf(entries: readonly ShortCodeEntry[], text: string): string | null {
	const [word = ""] = text.trim().split(/\s+/, 1);
	const byKeyword = new Map(entries.map(({ keyword, userName }) => [keyword, userName]));
	const words = [keywordOf(word), keywordOf(withoutOuterPunctuation(word))];
	return byKeyword.get(words[0] ?? "") ?? byKeyword.get(words[1] ?? "") ?? byKeyword.get(null) ?? null;
}
