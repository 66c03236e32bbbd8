import { type Condition, equalityIn, parseCondition, requiredParts } from "./conditions.ts";
import { type ExpressionCursor, parsedOnce, parseList } from "./expression-cursor.ts";
import { type Operand, parseOperand, parsePath } from "./operands.ts";
import { parseUpdate, type Update } from "./update-expression.ts";

type Where = {
	readonly condition: Condition;
	/** The attributes that must equal a value, among them the item's keys. */
	readonly equalities: ReadonlyMap<string, Operand>;
};

/** A write statement. `parameters` is the number of values that the call must give for it. */
export type ParsedStatement = { readonly table: string; readonly parameters: number } & (
	| { readonly kind: "insert"; readonly fields: readonly (readonly [name: string, value: Operand])[] }
	| { readonly kind: "update"; readonly update: Update; readonly where: Where }
	| { readonly kind: "delete"; readonly where: Where }
);

export const statementOf = parsedOnce((cursor): ParsedStatement => {
	const parsed = parseStatement(cursor);
	return { ...parsed, parameters: cursor.refers.parameters };
});

function parseStatement(cursor: ExpressionCursor) {
	if (cursor.accept("INSERT", "INTO")) return parseInsert(cursor);
	if (cursor.accept("UPDATE")) {
		const table = parsePath(cursor).name;
		return { kind: "update", table, update: parseUpdate(cursor), where: parseWhere(cursor) } as const;
	}
	cursor.expect("DELETE", "FROM");
	return { kind: "delete", table: parsePath(cursor).name, where: parseWhere(cursor) } as const;
}

function parseInsert(cursor: ExpressionCursor) {
	const table = parsePath(cursor).name;
	cursor.expect("VALUE");
	cursor.expect("{");
	const fields = parseList(cursor, parseField);
	cursor.expect("}");
	return { kind: "insert", table, fields } as const;
}

function parseField(cursor: ExpressionCursor): readonly [string, Operand] {
	if (!cursor.peek().startsWith("'")) cursor.refuse();
	const name = cursor.take().slice(1, -1);
	cursor.expect(":");
	return [name, parseOperand(cursor)];
}

function parseWhere(cursor: ExpressionCursor): Where {
	cursor.expect("WHERE");
	const condition = parseCondition(cursor);
	const equalities = requiredParts(condition).flatMap((part) => {
		const [path, operand] = equalityIn(part) ?? [];
		return path && operand ? [[path.name, operand] as const] : [];
	});
	return { condition, equalities: new Map(equalities) };
}
