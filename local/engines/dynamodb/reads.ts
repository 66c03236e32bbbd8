import type {
	BatchGetItemCommandInput,
	GetItemCommandInput,
	QueryCommandInput,
	ScanCommandInput,
} from "@aws-sdk/client-dynamodb";
import { onlyKnown } from "#local/wire/unsupported.ts";
import type { Partial } from "../partial.ts";
import { type Item, storedItem } from "./attribute-values.ts";
import { capacityOf } from "./capacity.ts";
import { invalid } from "./errors.ts";
import { itemSize, readUnits } from "./item-size.ts";
import { exactSortKey, type SortKey } from "./keys.ts";
import { queryPage, scanPage } from "./query.ts";
import { type Table, type TableByName, tableNameIn } from "./tables.ts";

const getFields = new Set(["TableName", "Key", "ConsistentRead", "ReturnConsumedCapacity"]);

export function getItem(tables: TableByName, input: GetItemCommandInput): object {
	onlyKnown("GetItem", input, getFields);
	const table = tables(tableNameIn(input.TableName));
	const item = table.items.get(keyIn(table, input.Key));
	const capacity = capacityOf(input.ReturnConsumedCapacity);
	capacity.add(table.name, readUnits(octetsOf(item), input.ConsistentRead === true));
	return { ...(item !== undefined && { Item: { ...item } }), ...capacity.ofTable() };
}

export function keyIn(table: Table, key: Item | undefined): SortKey {
	return exactSortKey(table.schema, storedItem(key ?? missing("key")));
}

export function missing(field: string): never {
	return invalid(`Value null at '${field}' failed to satisfy constraint: Member must not be null`);
}

const keysMax = 100;
const answerMax = 16 * 1_048_576;
/** So many of the largest items fit into an answer. */
const keysThatFit = answerMax / (400 * 1_024);
const batchGetFields = new Set(["RequestItems", "ReturnConsumedCapacity"]);
const keysFields = new Set(["Keys", "ConsistentRead"]);

type LeftKeys = Record<string, { Keys: Item[]; ConsistentRead?: boolean }>;

/** The service promises no order of items: this engine returns the last one first. */
export function batchGetItem(tables: TableByName, input: BatchGetItemCommandInput, { skip }: Partial): object {
	onlyKnown("BatchGetItem", input, batchGetFields);
	const asked = askedKeys(tables, input);
	const capacity = capacityOf(input.ReturnConsumedCapacity);
	const isSized = capacity.isCounted || asked.length > keysThatFit;
	const found: Record<string, Item[]> = {};
	const left: LeftKeys = {};
	let room = answerMax;
	for (const [index, one] of asked.entries()) {
		found[one.name] ??= [];
		const item = skip(index) ? undefined : one.table.items.get(one.key);
		const octets = isSized ? octetsOf(item) : 0;
		if (skip(index) || octets > room) {
			leave(left, one);
			continue;
		}
		room -= octets;
		capacity.add(one.name, readUnits(octets, one.isConsistent === true));
		if (item !== undefined) found[one.name]?.push({ ...item });
	}
	for (const items of Object.values(found)) items.reverse();
	return { Responses: found, UnprocessedKeys: left, ...capacity.ofTables() };
}

const octetsOf = (item: Item | undefined) => (item === undefined ? 0 : itemSize(item));

type AskedKey = ReturnType<typeof askedKeys>[number];

function leave(left: LeftKeys, { name, given, isConsistent }: AskedKey): void {
	left[name] ??= { Keys: [], ...(isConsistent !== undefined && { ConsistentRead: isConsistent }) };
	left[name].Keys.push(given);
}

function askedKeys(tables: TableByName, { RequestItems }: BatchGetItemCommandInput) {
	const asked = Object.entries(RequestItems ?? missing("requestItems")).flatMap(([name, request]) => {
		onlyKnown("BatchGetItem", request, keysFields);
		const { Keys = [], ConsistentRead: isConsistent } = request;
		if (Keys.length === 0) {
			invalid(
				`Value '[]' at 'requestItems.${name}.member.keys' failed to satisfy constraint: Member must have length greater than or equal to 1`,
			);
		}
		const table = tables(tableNameIn(name));
		return Keys.map((given) => ({ name, table, given, key: keyIn(table, given), isConsistent }));
	});
	if (asked.length === 0) {
		invalid(
			"Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
		);
	}
	if (asked.length > keysMax) invalid("Too many items requested for the BatchGetItem call");
	refuseRepeated(asked);
	return asked;
}

export type Touched = { readonly table: Table; readonly key: SortKey };

export function refuseRepeated(touched: readonly Touched[]): void {
	if (touched.length < 2) return;
	const seen = new Map<Table, Set<SortKey>>();
	for (const { table, key } of touched) {
		const keys = seen.get(table) ?? new Set();
		if (keys.has(key)) invalid("Provided list of item keys contains duplicates");
		seen.set(table, keys.add(key));
	}
}

const pageFields = ["TableName", "ConsistentRead", "Limit", "ExclusiveStartKey", "IndexName", "ReturnConsumedCapacity"];
const scanFields = new Set(pageFields);
const queryFields = new Set([
	...pageFields,
	"KeyConditionExpression",
	"ExpressionAttributeNames",
	"ExpressionAttributeValues",
	"ScanIndexForward",
]);

export function query(tables: TableByName, input: QueryCommandInput): object {
	onlyKnown("Query", input, queryFields);
	return pageOf(tables, input, (table) => queryPage(table, input));
}

export function scan(tables: TableByName, input: ScanCommandInput): object {
	onlyKnown("Scan", input, scanFields);
	return pageOf(tables, input, (table) => scanPage(table, input));
}

function pageOf(
	tables: TableByName,
	{ TableName, ConsistentRead, ReturnConsumedCapacity }: QueryCommandInput | ScanCommandInput,
	read: (table: Table) => ReturnType<typeof queryPage>,
): object {
	const table = tables(tableNameIn(TableName));
	const page = read(table);
	const capacity = capacityOf(ReturnConsumedCapacity);
	const octets = capacity.isCounted ? page.Items.reduce((sum, item) => sum + itemSize(item), 0) : 0;
	capacity.add(table.name, readUnits(octets, ConsistentRead === true));
	return { ...page, ...capacity.ofTable() };
}
