import type { AttributeValue, QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { checkItem, type Item } from "./attribute-values.ts";
import { type Condition, equalityIn, holds, isPath, parseCondition, requiredParts } from "./conditions.ts";
import { invalid } from "./dynamo-errors.ts";
import type { MemoryTable } from "./dynamo-table.ts";
import { parsedOnce } from "./expression-cursor.ts";
import { attributeName, checkGiven, type Given, operandValue } from "./operands.ts";

type Page = {
	readonly Items: readonly Item[];
	readonly Count: number;
	readonly ScannedCount: number;
	readonly LastEvaluatedKey?: Item;
};

const keyConditionOf = parsedOnce((cursor) => ({
	parts: requiredParts(parseCondition(cursor)),
	refers: cursor.refers,
}));

/** As in the service, a page ends at its limit even if no item follows. Without a limit it has all items. */
export function queryPage(table: MemoryTable, input: QueryCommandInput): Page {
	const { Limit = Number.POSITIVE_INFINITY, ExclusiveStartKey } = input;
	if (Limit < 1) invalid("Limit must be greater than or equal to 1");
	const given: Given = { names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues };
	const { parts, refers } = keyConditionOf(input.KeyConditionExpression ?? "");
	checkGiven([refers], given);
	checkItem(given.values ?? {});
	const { hash, range } = keyConditions(table, parts, given);
	const Items: Item[] = [];
	for (const item of itemsAfter(table, hash, ExclusiveStartKey)) {
		if (range !== undefined && !holds(range, item, given)) continue;
		Items.push({ ...item });
		if (Items.length === Limit) return { ...counted(Items), LastEvaluatedKey: table.keyOf(item) };
	}
	return counted(Items);
}

function counted(Items: readonly Item[]): Page {
	return { Items, Count: Items.length, ScannedCount: Items.length };
}

function keyConditions({ schema }: MemoryTable, parts: readonly Condition[], given: Given) {
	const [first, second, ...more] = parts;
	if (first === undefined || more.length > 0) return invalid("Query with too many or too few key conditions");
	const hash = [first, second].find((part) => part && equalTo(schema.hashKey, part, given) !== undefined);
	if (hash === undefined) return invalid(`Query condition missed key schema element: ${schema.hashKey}`);
	const range = hash === first ? second : first;
	if (range !== undefined && attributeOf(range, given) !== schema.rangeKey)
		invalid("Query key condition not supported");
	return { hash: equalTo(schema.hashKey, hash, given) as AttributeValue, range };
}

/** The value that this attribute must have; undefined if the condition does not require one. */
function equalTo(attribute: string, condition: Condition, given: Given): AttributeValue | undefined {
	const [path, operand] = equalityIn(condition) ?? [];
	if (path === undefined || operand === undefined || attributeName(path, given) !== attribute) return undefined;
	return operandValue(operand, undefined, given);
}

const rangeComparators: readonly string[] = ["=", "<", "<=", ">", ">="];

function attributeOf(condition: Condition, given: Given): string | undefined {
	if (condition.kind === "begins_with") return attributeName(condition.path, given);
	if (condition.kind !== "compare" || !rangeComparators.includes(condition.comparator)) return undefined;
	return isPath(condition.left) ? attributeName(condition.left, given) : undefined;
}

function* itemsAfter(table: MemoryTable, hash: AttributeValue, after: Item | undefined): Iterable<Item> {
	if (table.schema.rangeKey === undefined) {
		const item = table.at(table.textOf({ [table.schema.hashKey]: hash }));
		if (item !== undefined && after === undefined) yield item;
		return;
	}
	const partition = table.partition(hash);
	if (partition === undefined) return;
	const { values } = partition;
	let index = 0;
	if (after !== undefined) {
		const keyText = table.textOf(after, true);
		index = partition.indexFrom(after);
		const at = values[index];
		if (at !== undefined && table.textOf(at) === keyText) index += 1;
	}
	for (; index < values.length; index += 1) yield values[index] as Item;
}
