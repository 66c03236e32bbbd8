import type {
	AttributeValue,
	BatchExecuteStatementCommandInput,
	BatchStatementErrorCodeEnum,
	BatchStatementResponse,
} from "@aws-sdk/client-dynamodb";
import { onlyKnown } from "#local/wire/unsupported.ts";
import type { Partial } from "../partial.ts";
import { type Item, storedValue } from "./attribute-values.ts";
import { type Capacity, capacityOf } from "./capacity.ts";
import { checkCondition } from "./condition-check.ts";
import { holds } from "./conditions.ts";
import { badParameter, conditionFailed, invalid, ValidationException } from "./errors.ts";
import { keyAttributes, type SortKey, sortKey } from "./keys.ts";
import { type Given, type Operand, operandValue } from "./operands.ts";
import { type ParsedStatement, statementOf } from "./partiql-statement.ts";
import { missing, refuseRepeated } from "./reads.ts";
import { checkIndexKeys, mustFit, newItem, type Table, type TableByName, writeItem } from "./tables.ts";
import { checkUpdate, updated } from "./update-expression.ts";
import { consume, writesMax } from "./writes.ts";

const batchFields = new Set(["Statements", "ReturnConsumedCapacity"]);
const statementFields = new Set(["Statement", "Parameters"]);

/** A parsed statement and the item of the table that it applies to. */
type Prepared = {
	readonly statement: ParsedStatement;
	readonly given: Given;
	readonly table: Table;
	readonly key: SortKey;
	/** The item of an INSERT. */
	readonly item?: Item;
};
type StatementError = { readonly Code: BatchStatementErrorCodeEnum; readonly Message: string };

export function batchExecuteStatement(tables: TableByName, input: object, { skip }: Partial): object {
	onlyKnown("BatchExecuteStatement", input, batchFields);
	const { Statements = missing("statements"), ReturnConsumedCapacity } = input as BatchExecuteStatementCommandInput;
	if (Statements.length === 0 || Statements.length > writesMax) {
		invalid(
			`Value '${Statements.length} statements' at 'statements' failed to satisfy constraint: Member must have length between 1 and ${writesMax}`,
		);
	}
	const capacity = capacityOf(ReturnConsumedCapacity);
	const prepared = Statements.map((one) => {
		onlyKnown("BatchExecuteStatement", one, statementFields);
		const parameters = (one.Parameters ?? []).map((parameter) => storedValue(parameter));
		return orError(() => prepare(tables, one.Statement ?? missing("statement"), parameters));
	});
	refuseRepeated(prepared.filter((one) => "key" in one));
	const Responses = prepared.map((one, index): BatchStatementResponse => {
		if (skip(index)) return { Error: throttled(index) };
		if (!("key" in one)) return { Error: one };
		const error = orError(() => run(one, capacity));
		return { TableName: one.table.name, ...(error !== undefined && { Error: error }) };
	});
	return { Responses, ...capacity.ofTables() };
}

/** The two error codes of the service, in turn. */
function throttled(index: number): StatementError {
	const Code = index % 2 === 0 ? "ProvisionedThroughputExceeded" : "ThrottlingError";
	return { Code, Message: "The level of configured provisioned throughput for the table was exceeded" };
}

/** An error of one statement fails that statement only. */
function orError<Answer>(run: () => Answer): Answer | StatementError {
	try {
		return run();
	} catch (error) {
		if (error instanceof ValidationException) return { Code: "ValidationError", Message: error.message };
		throw error;
	}
}

function prepare(tables: TableByName, text: string, parameters: readonly AttributeValue[]): Prepared {
	const statement = statementOf(text);
	if (parameters.length !== statement.parameters) {
		invalid("Number of parameters in request and statement don't match.");
	}
	const table = tables(statement.table);
	const given = { parameters };
	if (statement.kind === "insert") {
		return { statement, given, table, ...newItem(table, itemFrom(statement.fields, given)) };
	}
	if (statement.kind === "update") checkUpdate(statement.update, keyNames(table), given);
	checkCondition(statement.where.condition, given);
	const key = sortKey(table.schema, itemFrom(keysIn(table, statement.where.equalities), given));
	return { statement, given, table, key };
}

function keyNames({ schema: { hash, range } }: Table): readonly string[] {
	return range === undefined ? [hash.name] : [hash.name, range.name];
}

function keysIn(table: Table, equalities: ReadonlyMap<string, Operand>) {
	return keyNames(table).map((name) => {
		const operand = equalities.get(name);
		return [
			name,
			operand ?? invalid("Where clause does not contain a mandatory equality on all key attributes"),
		] as const;
	});
}

function itemFrom(fields: readonly (readonly [string, Operand])[], given: Given): Item {
	const item: Item = {};
	for (const [name, operand] of fields)
		item[name] = operandValue(operand, undefined, given) ?? badParameter(`no value: ${name}`);
	return item;
}

function run({ statement, given, table, key, item }: Prepared, capacity: Capacity): StatementError | undefined {
	const before = table.items.get(key);
	if (statement.kind === "insert") {
		if (before !== undefined) return { Code: "DuplicateItem", Message: "Duplicate primary key exists in table" };
		return write(table, key, undefined, item, capacity);
	}
	/* A DELETE of a missing item succeeds, whatever its condition. An UPDATE needs the item. */
	if (before === undefined && statement.kind === "delete") return write(table, key, undefined, undefined, capacity);
	if (before === undefined || !holds(statement.where.condition, before, given)) {
		return { Code: "ConditionalCheckFailed", Message: conditionFailed };
	}
	if (statement.kind === "delete") return write(table, key, before, undefined, capacity);
	const after = updated(statement.update, before, keyAttributes(table.schema, before), given);
	mustFit(after);
	checkIndexKeys(table, after);
	return write(table, key, before, after, capacity);
}

function write(
	table: Table,
	key: SortKey,
	before: Item | undefined,
	after: Item | undefined,
	capacity: Capacity,
): undefined {
	consume(capacity, table, before, after);
	writeItem(table, key, before, after);
}
