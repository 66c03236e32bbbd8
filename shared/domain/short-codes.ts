/** Whose the messages to a short code are that begin with a keyword (A48); without one, all those that no keyword of it fits. */
export type ShortCodeEntry = {
	readonly shortCode: string;
	/** As `keywordOf` writes it. */
	readonly keyword: string | null;
	readonly userName: string;
};

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
