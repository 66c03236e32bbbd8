import type {
	BatchWriteItemCommandInput,
	DeleteItemCommandInput,
	PutItemCommandInput,
	UpdateItemCommandInput,
	WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { onlyKnown } from "#local/wire/unsupported.ts";
import type { Partial } from "../partial.ts";
import { type Item, storedItem } from "./attribute-values.ts";
import { type Capacity, capacityOf } from "./capacity.ts";
import { checkCondition } from "./condition-check.ts";
import { holds, parseCondition } from "./conditions.ts";
import { failCondition, invalid } from "./errors.ts";
import { type ExpressionReferences, parsedOnce } from "./expression-cursor.ts";
import type { SortKey } from "./keys.ts";
import { checkGiven, type Given } from "./operands.ts";
import { keyIn, missing, refuseRepeated } from "./reads.ts";
import {
	checkIndexKeys,
	mustFit,
	newItem,
	type Table,
	type TableByName,
	tableNameIn,
	unitsOfWrite,
	writeItem,
} from "./tables.ts";
import { checkUpdate, parseUpdate, updated } from "./update-expression.ts";

const conditionFields = ["TableName", "ConditionExpression", "ReturnConsumedCapacity"];
const placeholders = ["ExpressionAttributeNames", "ExpressionAttributeValues"];
const putFields = new Set(["Item", ...conditionFields, ...placeholders]);
const deleteFields = new Set(["Key", ...conditionFields, ...placeholders]);
const updateFields = new Set(["Key", "UpdateExpression", ...conditionFields, ...placeholders]);

const updateOf = parsedOnce((cursor) => ({ update: parseUpdate(cursor), refers: cursor.refers }));
const conditionOf = parsedOnce((cursor) => ({ condition: parseCondition(cursor), refers: cursor.refers }));

type WriteInput = Pick<
	UpdateItemCommandInput,
	"ConditionExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues" | "ReturnConsumedCapacity"
>;

export function putItem(tables: TableByName, input: PutItemCommandInput): object {
	onlyKnown("PutItem", input, putFields);
	const table = tables(tableNameIn(input.TableName));
	const { key, item } = newItem(table, input.Item ?? missing("item"));
	return writeIf(table, key, input, { apply: () => item });
}

export function deleteItem(tables: TableByName, input: DeleteItemCommandInput): object {
	onlyKnown("DeleteItem", input, deleteFields);
	const table = tables(tableNameIn(input.TableName));
	return writeIf(table, keyIn(table, input.Key), input, { apply: () => undefined });
}

export function updateItem(tables: TableByName, input: UpdateItemCommandInput): object {
	onlyKnown("UpdateItem", input, updateFields);
	const table = tables(tableNameIn(input.TableName));
	const key = keyIn(table, input.Key);
	const own = storedItem(input.Key ?? {});
	const plan = input.UpdateExpression === undefined ? undefined : updateOf(input.UpdateExpression);
	return writeIf(table, key, input, {
		refers: plan?.refers,
		check: (given) => plan && checkUpdate(plan.update, Object.keys(own), given),
		apply(before, given) {
			const after = plan === undefined ? (before ?? own) : updated(plan.update, before, own, given);
			mustFit(after);
			return after;
		},
	});
}

type Change = {
	readonly refers?: ExpressionReferences | undefined;
	check?(given: Given): void;
	apply(before: Item | undefined, given: Given): Item | undefined;
};

function writeIf(table: Table, key: SortKey, input: WriteInput, change: Change): object {
	const { ConditionExpression: text, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
	const conditional = text === undefined ? undefined : conditionOf(text);
	const given: Given = { names, values: values && storedItem(values) };
	checkGiven(
		[change.refers, conditional?.refers].filter((one) => one !== undefined),
		given,
	);
	change.check?.(given);
	if (conditional !== undefined) checkCondition(conditional.condition, given);
	const before = table.items.get(key);
	if (conditional !== undefined && !holds(conditional.condition, before, given)) failCondition();
	const after = change.apply(before, given);
	if (after !== undefined) checkIndexKeys(table, after);
	const capacity = capacityOf(input.ReturnConsumedCapacity);
	consume(capacity, table, before, after);
	writeItem(table, key, before, after);
	return capacity.ofTable();
}

export function consume(capacity: Capacity, table: Table, before: Item | undefined, after: Item | undefined): void {
	if (capacity.isCounted) capacity.add(table.name, unitsOfWrite(table, before, after));
}

export const writesMax = 25;
const batchWriteFields = new Set(["RequestItems", "ReturnConsumedCapacity"]);

export function batchWriteItem(tables: TableByName, input: BatchWriteItemCommandInput, { skip }: Partial): object {
	onlyKnown("BatchWriteItem", input, batchWriteFields);
	const asked = askedWrites(tables, input);
	const capacity = capacityOf(input.ReturnConsumedCapacity);
	const left: Record<string, WriteRequest[]> = {};
	for (const [index, { name, request, table, key, item }] of asked.entries()) {
		if (skip(index)) {
			left[name] ??= [];
			left[name].push(request);
			continue;
		}
		const before =
			capacity.isCounted || item === undefined || table.indexes.size > 0 ? table.items.get(key) : undefined;
		consume(capacity, table, before, item);
		writeItem(table, key, before, item);
	}
	return { UnprocessedItems: left, ...capacity.ofTables() };
}

function askedWrites(tables: TableByName, { RequestItems }: BatchWriteItemCommandInput) {
	const asked = Object.entries(RequestItems ?? missing("requestItems")).flatMap(([name, requests]) => {
		if (requests.length === 0) {
			invalid(
				`Value '[]' at 'requestItems.${name}.member' failed to satisfy constraint: Member must have length greater than or equal to 1`,
			);
		}
		return requests.map((request) => ({ name, request, ...writeOf(tables(tableNameIn(name)), request) }));
	});
	if (asked.length === 0) {
		invalid(
			"Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
		);
	}
	if (asked.length > writesMax) invalid("Too many items requested for the BatchWriteItem call");
	refuseRepeated(asked);
	return asked;
}

function writeOf(table: Table, { PutRequest, DeleteRequest }: WriteRequest) {
	if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
		invalid(
			"Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
		);
	}
	if (PutRequest === undefined) return { table, key: keyIn(table, DeleteRequest?.Key), item: undefined };
	return { table, ...newItem(table, PutRequest.Item ?? missing("item")) };
}
