import type { QueryCommandInput, ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { type Item, storedItem } from "./attribute-values.ts";
import { checkCondition } from "./condition-check.ts";
import { type Condition, equalityIn, isPath, parseCondition, requiredParts } from "./conditions.ts";
import { badParameter, invalid } from "./errors.ts";
import { parsedOnce } from "./expression-cursor.ts";
import { itemSize } from "./item-size.ts";
import {
	allKeys,
	exactSortKey,
	indexKey,
	type KeyRange,
	type KeySchema,
	keyAttributes,
	narrowed,
	partitionRange,
	type RangeComparator,
	type SortKey,
} from "./keys.ts";
import { attributeName, checkGiven, type Given, operandValue } from "./operands.ts";
import type { Index, Table } from "./tables.ts";

type Page = {
	readonly Items: readonly Item[];
	readonly Count: number;
	readonly ScannedCount: number;
	readonly LastEvaluatedKey?: Item;
};

/** A table, or an index of it, to read in pages. */
type Source = { readonly table: Table; readonly index: Index | undefined };

const keyConditionOf = parsedOnce((cursor) => ({
	parts: requiredParts(parseCondition(cursor)),
	refers: cursor.refers,
}));

export function queryPage(table: Table, input: QueryCommandInput): Page {
	const source = { table, index: indexOf(table, input) };
	if (input.KeyConditionExpression === undefined) {
		invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
	}
	const { parts, refers } = keyConditionOf(input.KeyConditionExpression);
	const given: Given = {
		names: input.ExpressionAttributeNames,
		values: input.ExpressionAttributeValues && storedItem(input.ExpressionAttributeValues),
	};
	checkGiven([refers], given);
	for (const part of parts) checkCondition(part, given);
	const range = wantedRange((source.index ?? table).schema, parts, given);
	return page(source, range, input.ScanIndexForward === false, input);
}

export function scanPage(table: Table, input: ScanCommandInput): Page {
	return page({ table, index: indexOf(table, input) }, allKeys, false, input);
}

function indexOf(table: Table, { IndexName, ConsistentRead }: QueryCommandInput | ScanCommandInput): Index | undefined {
	if (IndexName === undefined) return undefined;
	const index = table.indexes.get(IndexName);
	if (index === undefined) invalid(`The table does not have the specified index: ${IndexName}`);
	if (ConsistentRead === true) invalid("Consistent reads are not supported on global secondary indexes");
	return index;
}

const octetsMax = 1_048_576;

/** A page ends at its limit even if no item follows, and after the item with which it reaches 1 MB. */
function page(source: Source, range: KeyRange, isDescending: boolean, input: QueryCommandInput): Page {
	const { Limit, ExclusiveStartKey } = input;
	if (Limit !== undefined && !(Number.isInteger(Limit) && Limit >= 1)) {
		invalid(
			`Value '${Limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
		);
	}
	const { table, index } = source;
	const Items: Item[] = [];
	let octets = 0;
	for (const item of (index ?? table).items.range(rest(source, range, isDescending, ExclusiveStartKey), isDescending)) {
		Items.push({ ...item });
		octets += itemSize(item);
		if (Items.length === Limit || octets >= octetsMax)
			return { ...counted(Items), LastEvaluatedKey: keyIn(source, item) };
	}
	return counted(Items);
}

function counted(Items: readonly Item[]): Page {
	return { Items, Count: Items.length, ScannedCount: Items.length };
}

function keyIn({ table, index }: Source, item: Item): Item {
	return { ...(index && keyAttributes(index.schema, item)), ...keyAttributes(table.schema, item) };
}

/** The part of a range that follows a page. */
function rest(source: Source, { from, to }: KeyRange, isDescending: boolean, after: Item | undefined): KeyRange {
	if (after === undefined) return { from, to };
	const key = startKey(source, storedItem(after));
	if (key < from || key >= to) {
		invalid("The provided starting key is outside query boundaries based on provided conditions");
	}
	return isDescending ? { from, to: key } : { from: `${key}\0`, to };
}

function startKey({ table, index }: Source, after: Item): SortKey {
	if (index === undefined) return exactSortKey(table.schema, after);
	const wanted = Object.keys(keyIn({ table, index }, after)).length;
	if (Object.keys(after).length !== wanted) invalid("The provided starting key is invalid");
	return indexKey(index.schema, table.schema, after);
}

function wantedRange(schema: KeySchema, parts: readonly Condition[], given: Given): KeyRange {
	const [first, second, ...more] = parts;
	if (first === undefined || more.length > 0) return invalid("Conditions can be of length 1 or 2 only");
	const hash = [first, second].find((part) => part && equalTo(schema.hash.name, part, given) !== undefined);
	if (hash === undefined) return invalid(`Query condition missed key schema element: ${schema.hash.name}`);
	const whole = partitionRange(schema, typed(schema.hash.type, equalTo(schema.hash.name, hash, given)));
	const other = hash === first ? second : first;
	return other === undefined ? whole : inRange(schema, whole, other, given);
}

function inRange({ range: key }: KeySchema, whole: KeyRange, condition: Condition, given: Given): KeyRange {
	const bounds = boundsIn(condition);
	if (bounds === undefined) return invalid("Query key condition not supported");
	const name = attributeName(bounds.path, given);
	if (key === undefined || name !== key.name) {
		return invalid(`Query condition missed key schema element: ${key?.name ?? name}`);
	}
	return bounds.all.reduce((range, [comparator, operand]) => {
		const value = typed(key.type, operandValue(operand, undefined, given));
		const part = narrowed(whole, key, comparator, value);
		return { from: part.from > range.from ? part.from : range.from, to: part.to < range.to ? part.to : range.to };
	}, whole);
}

function typed(type: "S" | "N", value: Item[string] | undefined): Item[string] {
	if (value?.[type] === undefined) return badParameter("Condition parameter type does not match schema type");
	return value;
}

type Bounds = {
	readonly path: Parameters<typeof attributeName>[0];
	readonly all: readonly (readonly [RangeComparator, Parameters<typeof operandValue>[0]])[];
};

function boundsIn(condition: Condition): Bounds | undefined {
	switch (condition.kind) {
		case "begins_with":
			return { path: condition.path, all: [["begins_with", condition.prefix]] };
		case "between":
			if (!isPath(condition.operand)) return undefined;
			return {
				path: condition.operand,
				all: [
					[">=", condition.least],
					["<=", condition.most],
				],
			};
		case "compare":
			if (!isPath(condition.left) || condition.comparator === "<>") return undefined;
			return { path: condition.left, all: [[condition.comparator, condition.right]] };
		default:
			return undefined;
	}
}

/** The value that this attribute must have; undefined if the condition does not require one. */
function equalTo(attribute: string, condition: Condition, given: Given): Item[string] | undefined {
	const [path, operand] = equalityIn(condition) ?? [];
	if (path === undefined || operand === undefined || attributeName(path, given) !== attribute) return undefined;
	return operandValue(operand, undefined, given);
}
