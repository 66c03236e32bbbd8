import { unsupported } from "#local/wire/unsupported.ts";

/** Words, "names", 'texts', #names, :values and signs of DynamoDB's expressions and of its PartiQL. */
const token = /\s*("[^"]+"|'[^']*'|[#:]\w+|\w+|<>|<=|>=|[-=<>(){},?:+])/y;

/** The names and values that an expression refers to. A call must give all of them and no others. */
export type ExpressionReferences = { readonly names: Set<string>; readonly values: Set<string>; parameters: number };

/** A parser's position in a text. Words are compared without regard to case. */
export type ExpressionCursor = {
	readonly refers: ExpressionReferences;
	/** The next token; empty at the end. */
	peek(): string;
	take(): string;
	/** Consumes the next tokens if they match. */
	accept(...words: readonly string[]): boolean;
	expect(...words: readonly string[]): void;
	/** @throws Unsupported, with the next tokens. */
	refuse(): never;
};

export function cursorOn(text: string): ExpressionCursor {
	const tokens = tokensOf(text);
	let place = 0;
	const peek = () => tokens[place] ?? "";
	const accept = (...words: readonly string[]) => {
		const found = words.every((word, index) => tokens[place + index]?.toUpperCase() === word);
		if (found) place += words.length;
		return found;
	};
	const refuse = () => unsupported(`"${tokens.slice(place).join(" ")}" in the expression: ${text}`);
	return {
		refers: { names: new Set(), values: new Set(), parameters: 0 },
		peek,
		take() {
			place += 1;
			return tokens[place - 1] ?? refuse();
		},
		accept,
		expect(...words) {
			if (!accept(...words)) refuse();
		},
		refuse,
	};
}

function tokensOf(text: string): readonly string[] {
	const tokens: string[] = [];
	token.lastIndex = 0;
	const end = text.trimEnd().length;
	while (token.lastIndex < end) {
		const from = token.lastIndex;
		const found = token.exec(text)?.[1];
		if (found === undefined) return unsupported(`"${text.slice(from)}" in the expression: ${text}`);
		tokens.push(found);
	}
	return tokens;
}

/** A comma-separated list. */
export function parseList<Part>(cursor: ExpressionCursor, parse: (cursor: ExpressionCursor) => Part): readonly Part[] {
	const parts = [parse(cursor)];
	while (cursor.accept(",")) parts.push(parse(cursor));
	return parts;
}

/** Callers repeat the same few expressions; a caller that makes new ones must not fill the memory. */
const plansMax = 2_000;

/** Parses each text once and caches the result. */
export function parsedOnce<Plan>(parse: (cursor: ExpressionCursor) => Plan): (text: string) => Plan {
	const plans = new Map<string, Plan>();
	return (text) => {
		const known = plans.get(text);
		if (known !== undefined) return known;
		const cursor = cursorOn(text);
		const plan = parse(cursor);
		if (cursor.peek() !== "") cursor.refuse();
		if (plans.size >= plansMax) plans.clear();
		plans.set(text, plan);
		return plan;
	};
}
