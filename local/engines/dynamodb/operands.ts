import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "./attribute-values.ts";
import { invalid } from "./errors.ts";
import type { ExpressionCursor, ExpressionReferences } from "./expression-cursor.ts";

/** An attribute of the item: by its name, or by a name placeholder of the call. */
export type Path = { readonly kind: "attribute" | "named"; readonly name: string };

/** An operand of a comparison: an attribute, or a value of the call. */
export type Operand =
	| Path
	| { readonly kind: "value"; readonly name: string }
	| { readonly kind: "parameter"; readonly index: number };

/** The name and value placeholders that a call gives with an expression. */
export type Given = {
	readonly names?: Readonly<Record<string, string>> | undefined;
	readonly values?: Item | undefined;
	readonly parameters?: readonly AttributeValue[] | undefined;
};

export function parseOperand(cursor: ExpressionCursor): Operand {
	if (cursor.accept("?")) {
		cursor.refers.parameters += 1;
		return { kind: "parameter", index: cursor.refers.parameters - 1 };
	}
	if (!cursor.peek().startsWith(":")) return parsePath(cursor);
	const name = cursor.take();
	cursor.refers.values.add(name);
	return { kind: "value", name };
}

export function parsePath(cursor: ExpressionCursor): Path {
	const next = cursor.peek();
	if (next.startsWith("#")) {
		cursor.refers.names.add(next);
		return { kind: "named", name: cursor.take() };
	}
	if (/^[A-Za-z_]\w*$/.test(next)) return { kind: "attribute", name: cursor.take() };
	if (next.startsWith('"')) return { kind: "attribute", name: cursor.take().slice(1, -1) };
	return cursor.refuse();
}

export function attributeName({ kind, name }: Path, { names }: Given): string {
	return kind === "attribute" ? name : (names?.[name] ?? invalid(`attribute name is not defined: ${name}`));
}

/** Undefined if the operand is an attribute that the item does not have. */
export function operandValue(operand: Operand, item: Item | undefined, given: Given): AttributeValue | undefined {
	if (operand.kind === "parameter") return given.parameters?.[operand.index] ?? invalid("a parameter is missing");
	if (operand.kind === "value") return given.values?.[operand.name] ?? invalid(`value not defined: ${operand.name}`);
	return item?.[attributeName(operand, given)];
}

/** Refuses a call in which a placeholder is missing or unused. */
export function checkGiven(all: readonly ExpressionReferences[], { names = {}, values = {} }: Given): void {
	checkNames(
		"ExpressionAttributeNames",
		all.map((refers) => refers.names),
		names,
	);
	checkNames(
		"ExpressionAttributeValues",
		all.map((refers) => refers.values),
		values,
	);
}

function checkNames(field: string, all: readonly ReadonlySet<string>[], given: object): void {
	for (const used of all) {
		for (const name of used) if (!(name in given)) invalid(`not defined in ${field}: ${name}`);
	}
	for (const name in given) if (!all.some((used) => used.has(name))) invalid(`unused in expressions: ${name}`);
}
