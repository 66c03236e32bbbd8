import type {
	AttributeValue,
	BatchExecuteStatementCommandInput,
	BatchGetItemCommandInput,
	BatchStatementErrorCodeEnum,
	BatchStatementResponse,
	BatchWriteItemCommandInput,
	GetItemCommandInput,
	PutItemCommandInput,
	QueryCommandInput,
	ScanCommandInput,
	UpdateItemCommandInput,
	WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { checkItem, checkValue, type Item } from "./attribute-values.ts";
import { holds, parseCondition } from "./conditions.ts";
import { conditionFailed, failCondition, invalid, noTable, ValidationException } from "./dynamo-errors.ts";
import { queryPage } from "./dynamo-query.ts";
import { type ItemChange, type MemoryTable, memoryTable, type TableSchema } from "./dynamo-table.ts";
import { parsedOnce } from "./expression-cursor.ts";
import { notSimulated, onlyKnown } from "./not-simulated.ts";
import { checkGiven, type Given, type Operand, operandValue } from "./operands.ts";
import type { Partial } from "./partial.ts";
import { type ParsedStatement, statementOf } from "./partiql-statement.ts";
import { parseUpdate, updated } from "./update-expression.ts";

export type { Item } from "./attribute-values.ts";
export type { ItemChange, TableSchema } from "./dynamo-table.ts";
export type { Partial } from "./partial.ts";

/**
 * DynamoDB in memory, at the level of the SDK's commands, as far as shared/aws uses it. A state machine without time
 * or randomness.
 * A call succeeds or fails as a whole, except for the parts that `partial` skips. Items are stored by reference:
 * callers must not change them.
 */
export type SimulatedDynamoEngine = {
	/**
	 * @param operation the command's name without `Command`.
	 * @throws the SDK's error where the service refuses the call; Error `not simulated: …` where the engine does not know what is asked.
	 */
	execute(operation: string, input: object, partial?: Partial): object;
	/** For checks: the item at a key. */
	item(table: string, key: Item): Item | undefined;
	/** For checks: all items of a table. */
	items(table: string): Iterable<Item>;
	/** The table is lost, and an empty one created. Nothing is reported. */
	lose(table: string): void;
};

const none: Partial = { skip: () => false };
const $metadata = {};

export function dynamoEngine(
	schemas: readonly TableSchema[],
	onChange: (change: ItemChange) => void = () => undefined,
): SimulatedDynamoEngine {
	const tables = new Map(schemas.map((schema) => [schema.name, memoryTable(schema, onChange)]));
	const table = (name: string | undefined) => tables.get(name ?? "") ?? noTable();
	const operations: Readonly<Record<string, Operation>> = {
		BatchExecuteStatement: (input, partial) => batchExecuteStatement(table, input, partial),
		BatchGetItem: (input, partial) => batchGetItem(table, input as BatchGetItemCommandInput, partial),
		BatchWriteItem: (input, partial) => batchWriteItem(table, input as BatchWriteItemCommandInput, partial),
		GetItem: (input) => getItem(table, input as GetItemCommandInput),
		PutItem: (input) => putItem(table, input as PutItemCommandInput),
		Query: (input) => query(table, input as QueryCommandInput),
		Scan: (input) => scan(table, input as ScanCommandInput),
		UpdateItem: (input) => updateItem(table, input as UpdateItemCommandInput),
	};
	return {
		execute(operation, input, partial = none) {
			const run = operations[operation] ?? notSimulated(`DynamoDB's ${operation}`);
			return run(input, partial);
		},
		item: (name, key) => table(name).at(table(name).textOf(key, true)),
		items: (name) => table(name).all(),
		lose: (name) => table(name).clear(),
	};
}

type Operation = (input: object, partial: Partial) => object;
type Tables = (name: string | undefined) => MemoryTable;

function consistent(isConsistent: boolean | undefined): void {
	if (isConsistent !== true) notSimulated("an eventually consistent read");
}

const getFields = new Set(["TableName", "Key", "ConsistentRead"]);

function getItem(tables: Tables, input: GetItemCommandInput): object {
	onlyKnown("GetItem", input, getFields);
	consistent(input.ConsistentRead);
	const table = tables(input.TableName);
	const item = table.at(table.textOf(input.Key ?? {}, true));
	return item === undefined ? { $metadata } : { $metadata, Item: { ...item } };
}

const putFields = new Set(["TableName", "Item", "ConditionExpression", "ExpressionAttributeNames"]);

function putItem(tables: Tables, input: PutItemCommandInput): object {
	onlyKnown("PutItem", input, putFields);
	const { TableName, Item = {}, ConditionExpression } = input;
	const given: Given = { names: input.ExpressionAttributeNames, values: undefined };
	const conditional = ConditionExpression === undefined ? undefined : conditionOf(ConditionExpression);
	checkGiven(conditional === undefined ? [] : [conditional.refers], given);
	checkItem(Item);
	const table = tables(TableName);
	const keyText = table.textOf(Item);
	if (conditional !== undefined && !holds(conditional.condition, table.at(keyText), given)) failCondition();
	table.put(keyText, Item);
	return { $metadata };
}

const keysMax = 100;
const batchGetFields = new Set(["RequestItems"]);
const keysFields = new Set(["Keys", "ConsistentRead"]);

/** The service promises no order of items: this engine returns the last one first. */
function batchGetItem(tables: Tables, input: BatchGetItemCommandInput, { skip }: Partial): object {
	onlyKnown("BatchGetItem", input, batchGetFields);
	const asked = Object.entries(input.RequestItems ?? {}).flatMap(([name, request]) => {
		onlyKnown("BatchGetItem", request, keysFields);
		consistent(request.ConsistentRead);
		if (!request.Keys?.length) invalid(`the list of keys is empty: ${name}`);
		const table = tables(name);
		return (request.Keys ?? []).map((key) => ({ name, table, key, keyText: table.textOf(key, true) }));
	});
	if (asked.length === 0 || asked.length > keysMax) invalid(`BatchGetItem with ${asked.length} keys`);
	refuseRepeated(asked);
	const found: Record<string, Item[]> = {};
	const left: Record<string, { Keys: Item[]; ConsistentRead: true }> = {};
	for (const [index, { name, table, key, keyText }] of asked.entries()) {
		found[name] ??= [];
		if (skip(index)) {
			left[name] ??= { Keys: [], ConsistentRead: true };
			left[name].Keys.push(key);
			continue;
		}
		const item = table.at(keyText);
		if (item !== undefined) found[name].unshift({ ...item });
	}
	return { $metadata, Responses: found, UnprocessedKeys: left };
}

type Touched = { readonly table: MemoryTable; readonly keyText: string };

function refuseRepeated(touched: readonly Touched[]): void {
	if (touched.length < 2) return;
	const seen = new Map<MemoryTable, Set<string>>();
	for (const { table, keyText } of touched) {
		const keys = seen.get(table) ?? new Set();
		if (keys.has(keyText)) invalid("Provided list of item keys contains duplicates");
		seen.set(table, keys.add(keyText));
	}
}

const writesMax = 25;
const batchWriteFields = new Set(["RequestItems"]);

function batchWriteItem(tables: Tables, input: BatchWriteItemCommandInput, { skip }: Partial): object {
	onlyKnown("BatchWriteItem", input, batchWriteFields);
	const asked = Object.entries(input.RequestItems ?? {}).flatMap(([name, requests]) => {
		if (requests.length === 0) invalid(`the list of requests is empty: ${name}`);
		return requests.map((request) => ({ name, request, ...writeOf(tables(name), request) }));
	});
	if (asked.length === 0 || asked.length > writesMax) invalid(`BatchWriteItem with ${asked.length} requests`);
	refuseRepeated(asked);
	const left: Record<string, WriteRequest[]> = {};
	for (const [index, { name, request, table, keyText, item }] of asked.entries()) {
		if (skip(index)) {
			left[name] ??= [];
			left[name].push(request);
		} else if (item === undefined) table.remove(keyText);
		else table.put(keyText, item);
	}
	return { $metadata, UnprocessedItems: left };
}

function writeOf(table: MemoryTable, { PutRequest, DeleteRequest }: WriteRequest) {
	if ((PutRequest === undefined) === (DeleteRequest === undefined)) invalid("a request must be one put or one delete");
	const item = PutRequest?.Item;
	if (item === undefined) return { table, keyText: table.textOf(DeleteRequest?.Key ?? {}, true), item };
	checkItem(item);
	return { table, keyText: table.textOf(item), item };
}

const queryFields = new Set([
	"TableName",
	"ConsistentRead",
	"KeyConditionExpression",
	"ExpressionAttributeNames",
	"ExpressionAttributeValues",
	"Limit",
	"ExclusiveStartKey",
]);

function query(tables: Tables, input: QueryCommandInput): object {
	onlyKnown("Query", input, queryFields);
	consistent(input.ConsistentRead);
	return { $metadata, ...queryPage(tables(input.TableName), input) };
}

const scanFields = new Set(["TableName", "ConsistentRead", "Limit", "ExclusiveStartKey"]);

/** Without a limit all in one page. Items come in the order in which they were written. */
function scan(tables: Tables, input: ScanCommandInput): object {
	onlyKnown("Scan", input, scanFields);
	consistent(input.ConsistentRead);
	const { Limit = Number.POSITIVE_INFINITY, ExclusiveStartKey } = input;
	const table = tables(input.TableName);
	const all = [...table.all()];
	const after = ExclusiveStartKey === undefined ? undefined : table.textOf(ExclusiveStartKey, true);
	const from = after === undefined ? 0 : all.findIndex((item) => table.textOf(item) === after) + 1;
	const Items = all.slice(from, from + Limit).map((item) => ({ ...item }));
	const last = from + Limit <= all.length ? Items.at(-1) : undefined;
	const page = { $metadata, Items, Count: Items.length, ScannedCount: Items.length };
	return last === undefined ? page : { ...page, LastEvaluatedKey: table.keyOf(last) };
}

const updateFields = new Set([
	"TableName",
	"Key",
	"UpdateExpression",
	"ConditionExpression",
	"ExpressionAttributeNames",
	"ExpressionAttributeValues",
]);

const updateOf = parsedOnce((cursor) => ({ update: parseUpdate(cursor), refers: cursor.refers }));
const conditionOf = parsedOnce((cursor) => ({ condition: parseCondition(cursor), refers: cursor.refers }));

function updateItem(tables: Tables, input: UpdateItemCommandInput): object {
	onlyKnown("UpdateItem", input, updateFields);
	const { TableName, Key = {}, UpdateExpression = "", ConditionExpression } = input;
	const given: Given = { names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues };
	const { update, refers } = updateOf(UpdateExpression);
	const conditional = ConditionExpression === undefined ? undefined : conditionOf(ConditionExpression);
	checkGiven(conditional === undefined ? [refers] : [refers, conditional.refers], given);
	checkItem(given.values ?? {});
	const table = tables(TableName);
	const keyText = table.textOf(Key, true);
	const before = table.at(keyText);
	if (conditional !== undefined && !holds(conditional.condition, before, given)) failCondition();
	table.put(keyText, updated(update, before, Key, given));
	return { $metadata };
}

const batchExecuteFields = new Set(["Statements"]);
const statementFields = new Set(["Statement", "Parameters"]);

/** A parsed statement and the item of the table that it applies to. */
type Prepared = Touched & { readonly statement: ParsedStatement; readonly given: Given };
type StatementError = { readonly Code: BatchStatementErrorCodeEnum; readonly Message: string };

function batchExecuteStatement(tables: Tables, input: object, { skip }: Partial): object {
	onlyKnown("BatchExecuteStatement", input, batchExecuteFields);
	const { Statements = [] } = input as BatchExecuteStatementCommandInput;
	if (Statements.length === 0 || Statements.length > writesMax) invalid(`a batch of ${Statements.length} statements`);
	const prepared = Statements.map((one) => {
		onlyKnown("BatchExecuteStatement", one, statementFields);
		return orError(() => prepare(tables, one.Statement ?? "", one.Parameters ?? []));
	});
	refuseRepeated(prepared.filter((one) => "keyText" in one));
	const Responses = prepared.map((one, index): BatchStatementResponse => {
		if (skip(index)) return { Error: throttled(index) };
		const error = "keyText" in one ? orError(() => run(one)) : one;
		return error === undefined ? {} : { Error: error };
	});
	return { $metadata, Responses };
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

function prepare(tables: Tables, text: string, parameters: readonly AttributeValue[]): Prepared {
	const statement = statementOf(text);
	if (parameters.length !== statement.parameters) {
		invalid("Number of parameters in request and statement don't match.");
	}
	for (const parameter of parameters) checkValue(parameter);
	const table = tables(statement.table);
	const given = { parameters };
	const fields = statement.kind === "insert" ? statement.fields : keysIn(table, statement.where.equalities);
	return { statement, given, table, keyText: table.textOf(itemFrom(fields, given)) };
}

function keysIn({ schema }: MemoryTable, equalities: ReadonlyMap<string, Operand>) {
	const names = schema.rangeKey === undefined ? [schema.hashKey] : [schema.hashKey, schema.rangeKey];
	return names.map((name) => {
		const operand = equalities.get(name);
		return [name, operand ?? invalid("Where clause does not contain a mandatory equality on all keys")] as const;
	});
}

function itemFrom(fields: readonly (readonly [string, Operand])[], given: Given): Item {
	const item: Item = {};
	for (const [name, operand] of fields)
		item[name] = operandValue(operand, undefined, given) ?? invalid(`no value: ${name}`);
	return item;
}

function run({ statement, given, table, keyText }: Prepared): StatementError | undefined {
	const before = table.at(keyText);
	if (statement.kind === "insert") {
		if (before !== undefined) return { Code: "DuplicateItem", Message: "Duplicate primary key exists in table" };
		table.put(keyText, itemFrom(statement.fields, given));
		return undefined;
	}
	/* A DELETE of a missing item succeeds, whatever its condition. An UPDATE needs the item. */
	if (before === undefined && statement.kind === "delete") return undefined;
	if (before === undefined || !holds(statement.where.condition, before, given)) {
		return { Code: "ConditionalCheckFailed", Message: conditionFailed };
	}
	if (statement.kind === "delete") {
		table.remove(keyText);
		return undefined;
	}
	table.put(keyText, updated(statement.update, before, table.keyOf(before), given));
	return undefined;
}
