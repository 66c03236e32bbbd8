/** One statement of a source that Biome has formatted, without the white space before it. */
export type SourceStatement = {
	readonly from: number;
	readonly to: number;
	readonly text: string;
	readonly indent: string;
};

type Line = { readonly at: number; readonly indent: string; readonly text: string };

/** The statements of all blocks, each with the one that follows it in its block, if any. */
export function statementsOf(source: string): readonly (readonly [SourceStatement, SourceStatement | undefined])[] {
	const lines = linesOf(source);
	return lines.flatMap((line, index) => {
		if (!beginsStatement(lines[index - 1], line)) return [];
		const statement = statementAt(source, line);
		if (statement === undefined) return [];
		const next = lines.find(({ at }) => at >= statement.to);
		const isSibling = next !== undefined && next.indent === line.indent && !/^(\}|case |default:)/.test(next.text);
		return [[statement, isSibling ? statementAt(source, next) : undefined]];
	});
}

function linesOf(source: string): readonly Line[] {
	let at = 0;
	let isComment = false;
	const lines: Line[] = [];
	for (const whole of source.split("\n")) {
		const text = whole.trim();
		const indent = whole.slice(0, whole.length - whole.trimStart().length);
		isComment ||= text.startsWith("/*");
		if (!(isComment || text === "" || text.startsWith("//"))) lines.push({ at: at + indent.length, indent, text });
		if (text.endsWith("*/")) isComment = false;
		at += whole.length + 1;
	}
	return lines;
}

function beginsStatement(before: Line | undefined, { indent, text }: Line): boolean {
	return indent !== "" && before !== undefined && /[;{}]$/.test(before.text) && !/^[}\])]/.test(text);
}

/** Undefined if it is not a statement, but an entry of an object, for example. */
function statementAt(source: string, { at, indent }: Line): SourceStatement | undefined {
	const to = endOfStatement(source, at, indent);
	return to === undefined ? undefined : { from: at, to, text: source.slice(at, to), indent };
}

/** The end of the statement that begins there: after its semicolon, or after its last block, with all its branches. */
function endOfStatement(source: string, from: number, indent: string): number | undefined {
	for (const { at, char, depth } of charsFrom(source, from)) {
		if (depth < 0) return undefined;
		const isBlockEnd = char === "}" && source[at + 1] === "\n";
		if (depth === 0 && (char === ";" || isBlockEnd) && !goesOn(source, at + 1, indent)) return at + 1;
	}
	return undefined;
}

/** Whether another branch of the statement follows. */
function goesOn(source: string, at: number, indent: string): boolean {
	return source.startsWith(`\n${indent}else `, at);
}

/** Skips a whole string or comment, otherwise one character. */
function afterToken(source: string, at: number): number {
	const char = source[at] ?? "";
	if (source.startsWith("/*", at)) return source.indexOf("*/", at) + 2;
	if (source.startsWith("//", at)) return source.indexOf("\n", at);
	if (!"\"'`".includes(char)) return at + 1;
	let end = at + 1;
	while (end < source.length && source[end] !== char) end += source[end] === "\\" ? 2 : 1;
	return end + 1;
}

/** The comma-separated parts of a list, from after its opening bracket to its closing bracket. */
export function listItems(source: string, from: number): readonly { readonly from: number; readonly to: number }[] {
	const commas: number[] = [];
	let end = from;
	for (const { at, char, depth } of charsFrom(source, from)) {
		end = at;
		if (depth === 0 && char === ",") commas.push(at);
		if (depth < 0) break;
	}
	return [...commas, end]
		.map((to, index) => ({ from: index === 0 ? from : (commas[index - 1] ?? 0) + 1, to }))
		.filter((item) => source.slice(item.from, item.to).trim() !== "");
}

/** The position of the bracket that closes the one just opened. */
export function closingBracket(source: string, from: number): number {
	for (const { at, depth } of charsFrom(source, from)) if (depth < 0) return at;
	return source.length;
}

/** For each character, whether it is code, and how many more brackets are open after it than at the start. */
function* charsFrom(source: string, from: number) {
	let depth = 0;
	for (let at = from; at < source.length; at = afterToken(source, at)) {
		const char = source[at] ?? "";
		if ("([{".includes(char)) depth += 1;
		if (")]}".includes(char)) depth -= 1;
		yield { at, char, depth };
	}
}
