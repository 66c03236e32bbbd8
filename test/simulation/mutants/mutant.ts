import { closingBracket, type SourceStatement, statementsOf } from "./statements.ts";

/** A fault planted in the gateway's code. */
export type Mutant = {
	readonly name: string;
	/** Changed files: new text by path from the root. */
	readonly files: readonly PlantedFile[];
	/** The statement where the mutant has an effect. Only histories that reach it need to run. */
	readonly place?: Place;
	/** Only histories in which the stage is lost and restored reach it. */
	readonly isLost?: true;
};

export type PlantedFile = { readonly file: string; readonly text: string };

/** The start of a statement; for a conditional statement, the range of its condition. */
export type Place = { readonly file: string; readonly offset: number; readonly conditionEnd?: number };

/** Returns the text of a source file, by its path from the root. */
export type Sources = (file: string) => string;

/** In this file, replace `from` by `to`. */
export type Edit = { readonly file: string; readonly from: string; readonly to: string };

/** @throws Error if `from` is not in the file exactly once: mutants must follow the code. */
export function edited(name: string, edits: readonly Edit[], sources: Sources): Mutant {
	const texts = new Map<string, string>();
	for (const { file, from, to } of edits) {
		const parts = (texts.get(file) ?? sources(file)).split(from);
		if (parts.length !== 2) throw new Error(`mutant ${name}: ${file} has this ${parts.length - 1} times: ${from}`);
		texts.set(file, parts.join(to));
	}
	const places = edits.flatMap((edit) => placeOf(edit, sources(edit.file)) ?? []);
	const files = [...texts].map(([file, text]) => ({ file, text }));
	/* A change outside of functions may have an effect anywhere. */
	return { name, files, ...(places[0] && places.length === edits.length && { place: places[0] }) };
}

/** The innermost statement around an edit, if it is in a function. */
function placeOf({ file, from }: Edit, source: string): Place | undefined {
	const at = source.indexOf(from) + from.length - from.trimStart().length;
	const around = statementsOf(source).filter(([statement]) => statement.from <= at && at < statement.to);
	const innermost = around.at(-1)?.[0];
	if (innermost === undefined) return undefined;
	return innermost.from === at ? effectOf(file, innermost) : { file, offset: innermost.from };
}

/** The place where a statement takes effect; for a conditional one, only if its condition holds. */
export function effectOf(file: string, { from, text }: SourceStatement): Place {
	const offset = "if (".length;
	const end = text.startsWith("if (") ? closingBracket(text, offset) : 0;
	if (end === 0 || /\bawait\b/.test(text.slice(0, end)) || /\belse\b/.test(text)) return { file, offset: from };
	return { file, offset: from + offset, conditionEnd: from + end };
}
