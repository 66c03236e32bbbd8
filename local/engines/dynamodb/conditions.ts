import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { compareValues, type Item, sameValue } from "./attribute-values.ts";
import type { ExpressionCursor } from "./expression-cursor.ts";
import { type Given, type Operand, operandValue, type Path, parseOperand, parsePath } from "./operands.ts";

type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export type Condition =
	| { readonly kind: "and" | "or"; readonly parts: readonly Condition[] }
	| { readonly kind: "not"; readonly part: Condition }
	| { readonly kind: "exists"; readonly path: Path; readonly wanted: boolean }
	| { readonly kind: "begins_with"; readonly path: Path; readonly prefix: Operand }
	| { readonly kind: "between"; readonly operand: Operand; readonly least: Operand; readonly most: Operand }
	| { readonly kind: "compare"; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand };

/** Conditions of UpdateItem, of Query, and of PartiQL's WHERE. */
export function parseCondition(cursor: ExpressionCursor): Condition {
	return parseParts(cursor, "or", (inner) => parseParts(inner, "and", parsePart));
}

function parseParts(
	cursor: ExpressionCursor,
	kind: "and" | "or",
	parse: (cursor: ExpressionCursor) => Condition,
): Condition {
	const first = parse(cursor);
	const parts = [first];
	while (cursor.accept(kind.toUpperCase())) parts.push(parse(cursor));
	return parts.length === 1 ? first : { kind, parts };
}

function parsePart(cursor: ExpressionCursor): Condition {
	if (cursor.accept("NOT")) return { kind: "not", part: parsePart(cursor) };
	if (cursor.accept("(")) return closed(cursor, parseCondition(cursor));
	for (const [name, parse] of functions) {
		if (cursor.accept(name, "(")) return closed(cursor, parse(cursor));
	}
	return parseComparison(cursor);
}

const functions: readonly (readonly [string, (cursor: ExpressionCursor) => Condition])[] = [
	["ATTRIBUTE_EXISTS", (cursor) => ({ kind: "exists", path: parsePath(cursor), wanted: true })],
	["ATTRIBUTE_NOT_EXISTS", (cursor) => ({ kind: "exists", path: parsePath(cursor), wanted: false })],
	["BEGINS_WITH", parseBeginsWith],
];

function parseBeginsWith(cursor: ExpressionCursor): Condition {
	const path = parsePath(cursor);
	cursor.expect(",");
	return { kind: "begins_with", path, prefix: parseOperand(cursor) };
}

function closed(cursor: ExpressionCursor, condition: Condition): Condition {
	cursor.expect(")");
	return condition;
}

function parseComparison(cursor: ExpressionCursor): Condition {
	const left = parseOperand(cursor);
	if (isPath(left)) {
		if (cursor.accept("IS", "MISSING")) return { kind: "exists", path: left, wanted: false };
		if (cursor.accept("IS", "NOT", "MISSING")) return { kind: "exists", path: left, wanted: true };
	}
	if (cursor.accept("BETWEEN")) return parseBetween(cursor, left);
	const comparator = cursor.peek();
	if (!(comparator in comparisons)) cursor.refuse();
	cursor.take();
	return { kind: "compare", comparator: comparator as Comparator, left, right: parseOperand(cursor) };
}

function parseBetween(cursor: ExpressionCursor, operand: Operand): Condition {
	const least = parseOperand(cursor);
	cursor.expect("AND");
	return { kind: "between", operand, least, most: parseOperand(cursor) };
}

export function isPath(operand: Operand): operand is Path {
	return operand.kind === "attribute" || operand.kind === "named";
}

/** Whether a checked condition holds (condition-check.ts). */
export function holds(condition: Condition, item: Item | undefined, given: Given): boolean {
	switch (condition.kind) {
		case "and":
			return condition.parts.every((part) => holds(part, item, given));
		case "or":
			return condition.parts.some((part) => holds(part, item, given));
		case "not":
			return !holds(condition.part, item, given);
		case "exists":
			return (operandValue(condition.path, item, given) !== undefined) === condition.wanted;
		case "begins_with": {
			const prefix = operandValue(condition.prefix, item, given);
			const text = operandValue(condition.path, item, given)?.S;
			return prefix?.S !== undefined && text?.startsWith(prefix.S) === true;
		}
		case "between":
			return (
				isOrdered(">=", condition.operand, condition.least, item, given) &&
				isOrdered("<=", condition.operand, condition.most, item, given)
			);
		case "compare":
			return isOrdered(condition.comparator, condition.left, condition.right, item, given);
	}
}

function isOrdered(
	comparator: Comparator,
	leftOperand: Operand,
	rightOperand: Operand,
	item: Item | undefined,
	given: Given,
): boolean {
	const [left, right] = [operandValue(leftOperand, item, given), operandValue(rightOperand, item, given)];
	/* A missing attribute is unequal to every value, and no comparison with it holds. */
	if (left === undefined || right === undefined) return comparator === "<>";
	return comparisons[comparator](left, right);
}

const comparisons: Readonly<Record<Comparator, (left: AttributeValue, right: AttributeValue) => boolean>> = {
	"=": sameValue,
	"<>": (left, right) => !sameValue(left, right),
	"<": (left, right) => compareValues(left, right) < 0,
	"<=": (left, right) => compareValues(left, right) <= 0,
	">": (left, right) => compareValues(left, right) > 0,
	">=": (left, right) => compareValues(left, right) >= 0,
};

/** The conditions joined by AND, or the only condition. */
export function requiredParts(condition: Condition): readonly Condition[] {
	return condition.kind === "and" ? condition.parts.flatMap(requiredParts) : [condition];
}

/** The operand that an attribute must equal; undefined for any other condition. */
export function equalityIn(condition: Condition): readonly [path: Path, operand: Operand] | undefined {
	if (condition.kind !== "compare" || condition.comparator !== "=" || !isPath(condition.left)) return undefined;
	return [condition.left, condition.right];
}
