/** A line, counted from 1, without its line break. `text` is null for a line that is too long. */
export type TextLine = { readonly line: number; readonly text: string | null };

/** Splits a text at LF or CR LF. Holds at most one piece and `charactersMax` characters. */
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
		if (pending.length > charactersMax) pending = pending.slice(0, charactersMax + 1);
	}
	if (pending !== "") yield { line: line + 1, text: lineText(pending) };
}
