/** Whose the messages to a short code are that begin with a keyword (A48); without one, all those that no keyword of it fits. */
export type ShortCodeEntry = {
	readonly shortCode: string;
	/** As `keywordOf` writes it. */
	readonly keyword: string | null;
	readonly userName: string;
};

/** The order that people look entries up in: by short code, and of each first what no keyword fits. */
export function byShortCode(one: ShortCodeEntry, other: ShortCodeEntry): number {
	const [before, after] = [one, other].map(({ shortCode, keyword }) => `${shortCode}\0${keyword ?? ""}`);
	return (before ?? "") < (after ?? "") ? -1 : 1;
}

/** A keyword in the one form that two of them are compared in, whatever their case. */
export function keywordOf(written: string): string {
	return written.normalize("NFC").toLowerCase();
}

/** Punctuation around a word: subscribers write `STOP!` and mean `stop`. */
const outerPunctuation = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** Whose a message with this text is, or null: nobody's. */
export function ownerOf(entries: readonly ShortCodeEntry[], text: string): string | null {
	const [word = ""] = text.trim().split(/\s+/, 1);
	const byKeyword = new Map(entries.map(({ keyword, userName }) => [keyword, userName]));
	const words = [keywordOf(word), keywordOf(word.replace(outerPunctuation, ""))];
	return byKeyword.get(words[0] ?? "") ?? byKeyword.get(words[1] ?? "") ?? byKeyword.get(null) ?? null;
}
