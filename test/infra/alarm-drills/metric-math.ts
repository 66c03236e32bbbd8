/**
 * Evaluates the part of CloudWatch's metric math that our alarms use, for one period. A metric without data is undefined, and so is what is
 * computed from it, unless FILL gives it a value.
 */
export type Value = number | undefined;

type Tokens = { readonly all: readonly string[]; at: number };

const precedence: readonly (readonly string[])[] = [
	["&&", "||", "AND", "OR"],
	["==", ">=", "<=", ">", "<"],
	["+", "-"],
	["*", "/"],
];

const operations: Readonly<Record<string, (one: number, other: number) => number>> = {
	"&&": (one, other) => Number(one !== 0 && other !== 0),
	"||": (one, other) => Number(one !== 0 || other !== 0),
	AND: (one, other) => Number(one !== 0 && other !== 0),
	OR: (one, other) => Number(one !== 0 || other !== 0),
	"==": (one, other) => Number(one === other),
	">=": (one, other) => Number(one >= other),
	"<=": (one, other) => Number(one <= other),
	">": (one, other) => Number(one > other),
	"<": (one, other) => Number(one < other),
	"+": (one, other) => one + other,
	"-": (one, other) => one - other,
	"*": (one, other) => one * other,
	"/": (one, other) => one / other,
};

export function evaluated(expression: string, metric: (id: string) => Value): Value {
	const all = expression.match(/\d+(?:\.\d+)?|\w+|&&|\|\||==|>=|<=|[-+*/<>()[\],]/g) ?? [];
	if (all.join("") !== expression.replaceAll(" ", "")) throw new Error(`cannot read ${expression}`);
	const tokens: Tokens = { all, at: 0 };
	const value = binary(tokens, metric, 0);
	if (tokens.at < all.length) throw new Error(`cannot read ${expression} from ${all[tokens.at]} on`);
	return value;
}

function binary(tokens: Tokens, metric: (id: string) => Value, level: number): Value {
	const operators = precedence[level];
	if (operators === undefined) return operand(tokens, metric);
	let value = binary(tokens, metric, level + 1);
	for (let next = tokens.all[tokens.at]; next !== undefined && operators.includes(next); next = tokens.all[tokens.at]) {
		tokens.at += 1;
		const other = binary(tokens, metric, level + 1);
		value = value === undefined || other === undefined ? undefined : operations[next]?.(value, other);
	}
	return value;
}

function operand(tokens: Tokens, metric: (id: string) => Value): Value {
	const token = take(tokens);
	if (token === "(") return closed(tokens, ")", binary(tokens, metric, 0));
	if (/^\d/.test(token)) return Number(token);
	if (tokens.all[tokens.at] !== "(") return metric(token);
	tokens.at += 1;
	const given = closed(tokens, ")", list(tokens, metric));
	const [first, second, third] = given;
	switch (token) {
		case "FILL":
			return first ?? second;
		case "IF":
			if (first === undefined) return undefined;
			return first !== 0 ? second : third;
		case "MAX": {
			const known = given.filter((value) => value !== undefined);
			return known.length === 0 ? undefined : Math.max(...known);
		}
		default:
			throw new Error(`unknown function ${token}`);
	}
}

function list(tokens: Tokens, metric: (id: string) => Value): readonly Value[] {
	if (tokens.all[tokens.at] === "[") {
		tokens.at += 1;
		return closed(tokens, "]", list(tokens, metric));
	}
	const values = [binary(tokens, metric, 0)];
	while (tokens.all[tokens.at] === ",") {
		tokens.at += 1;
		values.push(binary(tokens, metric, 0));
	}
	return values;
}

function closed<Result>(tokens: Tokens, bracket: string, result: Result): Result {
	if (take(tokens) !== bracket) throw new Error(`a ${bracket} is missing`);
	return result;
}

function take(tokens: Tokens): string {
	const token = tokens.all[tokens.at];
	if (token === undefined) throw new Error("the expression ends too soon");
	tokens.at += 1;
	return token;
}
