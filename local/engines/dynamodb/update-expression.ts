import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { addTo, type Item, sumOf } from "./attribute-values.ts";
import { badParameter, invalid } from "./errors.ts";
import { type ExpressionCursor, parseList } from "./expression-cursor.ts";
import {
	attributeName,
	type Given,
	type Operand,
	operandValue,
	type Path,
	parseOperand,
	parsePath,
} from "./operands.ts";

/** The value that SET assigns. */
type Term =
	| { readonly kind: "operand"; readonly operand: Operand }
	| { readonly kind: "if_not_exists"; readonly path: Path; readonly otherwise: Operand }
	| { readonly kind: "sum"; readonly left: Term; readonly right: Term; readonly sign: 1 | -1 };

type Change =
	| { readonly kind: "set"; readonly path: Path; readonly term: Term }
	| { readonly kind: "add"; readonly path: Path; readonly more: Operand }
	| { readonly kind: "remove"; readonly path: Path };

export type Update = readonly Change[];

const clauses: readonly (readonly [string, (cursor: ExpressionCursor) => Change])[] = [
	["SET", parseSet],
	["ADD", (cursor) => ({ kind: "add", path: parsePath(cursor), more: parseOperand(cursor) })],
	["REMOVE", (cursor) => ({ kind: "remove", path: parsePath(cursor) })],
];

/** The clauses of an UpdateExpression or a PartiQL UPDATE, as far as the gateway uses them. */
export function parseUpdate(cursor: ExpressionCursor): Update {
	const changes: Change[] = [];
	for (let clause = clauseAt(cursor); clause; clause = clauseAt(cursor)) changes.push(...parseList(cursor, clause));
	return changes.length === 0 ? cursor.refuse() : changes;
}

function clauseAt(cursor: ExpressionCursor) {
	return clauses.find(([word]) => cursor.accept(word))?.[1];
}

function parseSet(cursor: ExpressionCursor): Change {
	const path = parsePath(cursor);
	cursor.expect("=");
	const left = parseTerm(cursor);
	if (cursor.accept("+")) return { kind: "set", path, term: { kind: "sum", left, right: parseTerm(cursor), sign: 1 } };
	if (cursor.accept("-")) return { kind: "set", path, term: { kind: "sum", left, right: parseTerm(cursor), sign: -1 } };
	return { kind: "set", path, term: left };
}

function parseTerm(cursor: ExpressionCursor): Term {
	if (!cursor.accept("IF_NOT_EXISTS", "(")) return { kind: "operand", operand: parseOperand(cursor) };
	const path = parsePath(cursor);
	cursor.expect(",");
	const otherwise = parseOperand(cursor);
	cursor.expect(")");
	return { kind: "if_not_exists", path, otherwise };
}

/** Refuses an update that cannot be right, whatever the item is. @param key the names of the key's attributes. */
export function checkUpdate(update: Update, key: readonly string[], given: Given): void {
	const touched = new Set<string>();
	for (const change of update) {
		const name = attributeName(change.path, given);
		if (key.includes(name)) badParameter(`Cannot update attribute ${name}. This attribute is part of the key`);
		if (touched.has(name)) {
			invalid(
				`Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${name}], path two: [${name}]`,
			);
		}
		touched.add(name);
		if (change.kind === "add") checkAdded(change.more, given);
		if (change.kind === "set" && change.term.kind === "sum") checkSum(change.term, given);
	}
}

function checkAdded(more: Operand, given: Given): void {
	const value = operandValue(more, undefined, given);
	if (value === undefined || (value.N ?? value.NS ?? value.SS) !== undefined) return;
	wrongOperand("ADD", value);
}

function checkSum({ left, right, sign }: Extract<Term, { kind: "sum" }>, given: Given): void {
	for (const { operand } of [left, right].filter((term) => term.kind === "operand")) {
		const value = operandValue(operand, undefined, given);
		if (value !== undefined && value.N === undefined) wrongOperand(sign === 1 ? "+" : "-", value);
	}
}

function wrongOperand(operator: string, value: AttributeValue): never {
	return invalid(
		`Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ${operator}, operand type: ${Object.keys(value)[0]}`,
	);
}

/**
 * The item after a checked update. Each change sees the item as it was before all of them. @param key the item's key; a new
 * item starts with its key only.
 */
export function updated(update: Update, before: Item | undefined, key: Item, given: Given): Item {
	const after: Item = { ...(before ?? key) };
	for (const change of update) {
		const name = attributeName(change.path, given);
		if (change.kind === "remove") delete after[name];
		else after[name] = valueAfter(change, before, before?.[name], given);
	}
	return after;
}

function valueAfter(
	change: Exclude<Change, { kind: "remove" }>,
	before: Item | undefined,
	own: AttributeValue | undefined,
	given: Given,
): AttributeValue {
	if (change.kind === "set") return valueOfTerm(change.term, before, given);
	return addTo(own, present(operandValue(change.more, before, given)));
}

function valueOfTerm(term: Term, before: Item | undefined, given: Given): AttributeValue {
	if (term.kind === "operand") return present(operandValue(term.operand, before, given));
	if (term.kind === "if_not_exists") {
		return operandValue(term.path, before, given) ?? present(operandValue(term.otherwise, before, given));
	}
	return sumOf(valueOfTerm(term.left, before, given), valueOfTerm(term.right, before, given), term.sign);
}

function present(value: AttributeValue | undefined): AttributeValue {
	return value ?? invalid("The provided expression refers to an attribute that does not exist in the item");
}
