/** A fault planted in the gateway's code: these files, by their path from the root, have this text instead of their own. */
export type Mutant = {
	readonly name: string;
	readonly files: readonly { readonly file: string; readonly text: string }[];
};

/** Gives the text of a source file, by its path from the root. */
export type Sources = (file: string) => string;

/** In this file, `from` becomes `to`. */
export type Edit = { readonly file: string; readonly from: string; readonly to: string };

/** @throws Error where `from` is not in the file exactly once: the mutant is to follow the code. */
export function edited(name: string, edits: readonly Edit[], sources: Sources): Mutant {
	const texts = new Map<string, string>();
	for (const { file, from, to } of edits) {
		const parts = (texts.get(file) ?? sources(file)).split(from);
		if (parts.length !== 2) throw new Error(`mutant ${name}: ${file} has this ${parts.length - 1} times: ${from}`);
		texts.set(file, parts.join(to));
	}
	return { name, files: [...texts].map(([file, text]) => ({ file, text })) };
}
