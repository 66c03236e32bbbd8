/** One line of a text, counted from 1, without its end; null where it is too long to be one. */
export type TextLine = { readonly line: number; readonly text: string | null };

/** A text in pieces, as its lines, ended by LF or CR LF. Holds no more than a piece and `charactersMax` at once, whatever the text is. */
export async function* textLines(pieces: AsyncIterable<string>, charactersMax: number): AsyncGenerator<TextLine> {
	const lineText = (text: string) => (text.length > charactersMax ? null : text.replace(/\r$/, ""));
	let line = 0;
	let pending = "";
	for await (const piece of pieces) {
		const [first = "", ...others] = piece.split("\n");
		pending += first;
		for (const other of others) {
			line += 1;
			yield { line, text: lineText(pending) };
			pending = other;
		}
		/* Of what is too long already, no more than that is kept. */
		if (pending.length > charactersMax) pending = pending.slice(0, charactersMax + 1);
	}
	if (pending !== "") yield { line: line + 1, text: lineText(pending) };
}
