import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "./attribute-values.ts";
import { sortableDecimal } from "./decimals.ts";
import { badParameter, invalid } from "./errors.ts";

export type KeyAttribute = { readonly name: string; readonly type: "S" | "N" };
export type KeySchema = { readonly hash: KeyAttribute; readonly range?: KeyAttribute };

/**
 * Keys as texts of octets (Latin-1) in the order of a query: the hash key with its length, then the range key up to an end mark.
 * The order of partitions is not DynamoDB's, which promises none.
 */
export type SortKey = string;

const hashMax = 2_048;
const rangeMax = 1_024;
/** Follows a range key. A zero octet inside a range key is escaped, so that no range key continues like the end of another. */
const end = "\0\u0001";
const afterEnd = "\0\u0002";

/** The key of an item, or of an object with more attributes than the key. @throws ValidationException */
export function sortKey({ hash, range }: KeySchema, item: Item): SortKey {
	const own = partition(hash, keyText(hash, item));
	return range === undefined ? own : `${own}${rangeText(range, keyText(range, item))}${end}`;
}

/** Refuses an object with more attributes than the key. */
export function exactSortKey(schema: KeySchema, key: Item): SortKey {
	const wanted = schema.range === undefined ? 1 : 2;
	if (Object.keys(key).length !== wanted) invalid("The provided key element does not match the schema");
	return sortKey(schema, key);
}

export function keyAttributes({ hash, range }: KeySchema, item: Item): Item {
	const key = { [hash.name]: item[hash.name] as AttributeValue };
	return range === undefined ? key : { ...key, [range.name]: item[range.name] as AttributeValue };
}

function keyText({ name, type }: KeyAttribute, item: Item): string {
	const value = item[name];
	if (value === undefined) return badParameter(`Missing the key ${name} in the item`);
	const text = value[type];
	if (text === undefined) {
		return badParameter(`Type mismatch for key ${name} expected: ${type} actual: ${Object.keys(value)[0]}`);
	}
	if (text === "") {
		return invalid(
			`One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
		);
	}
	return text;
}

function rangeText({ type }: KeyAttribute, text: string): string {
	if (type === "N") return sortableDecimal(text);
	const octets = octetsOf(text);
	if (octets.length > rangeMax) {
		badParameter(`Aggregated size of all range keys has exceeded the size limit of ${rangeMax} bytes`);
	}
	return escaped(octets);
}

const escaped = (octets: string) => (octets.includes("\0") ? octets.replaceAll("\0", "\0\xff") : octets);

const onlyAscii = /^[\0-\x7f]*$/;
const octetsOf = (text: string) => (onlyAscii.test(text) ? text : Buffer.from(text).toString("latin1"));

function partition({ type }: KeyAttribute, text: string): string {
	const octets = type === "S" ? octetsOf(text) : text;
	if (octets.length > hashMax) badParameter(`Size of hashkey has exceeded the maximum size limit of${hashMax} bytes`);
	return `${String.fromCharCode(octets.length >> 8, octets.length & 255)}${octets}`;
}

/** Keys from `from` up to, and without, `to`. */
export type KeyRange = { readonly from: SortKey; readonly to: SortKey };

export const allKeys: KeyRange = { from: "", to: "\xff\xff\xff\xff" };

export function partitionRange(schema: KeySchema, hash: AttributeValue): KeyRange {
	const from = partition(schema.hash, keyText(schema.hash, { [schema.hash.name]: hash }));
	return { from, to: next(from) };
}

export type RangeComparator = "=" | "<" | "<=" | ">" | ">=" | "begins_with";

/** The part of a partition in which a condition on the range key holds. */
export function narrowed(
	{ from, to }: KeyRange,
	range: KeyAttribute,
	comparator: RangeComparator,
	value: AttributeValue,
): KeyRange {
	const at = `${from}${rangeText(range, keyText(range, { [range.name]: value }))}`;
	switch (comparator) {
		case "=":
			return { from: at, to: `${at}${afterEnd}` };
		case "<":
			return { from, to: at };
		case "<=":
			return { from, to: `${at}${afterEnd}` };
		case ">":
			return { from: `${at}${afterEnd}`, to };
		case ">=":
			return { from: at, to };
		case "begins_with":
			return { from: at, to: next(at) };
	}
}

/** The first key after all that begin with this one. */
function next(prefix: string): string {
	const kept = prefix.replace(/\xff+$/, "");
	return `${kept.slice(0, -1)}${String.fromCharCode(kept.charCodeAt(kept.length - 1) + 1)}`;
}

/** The key of an item in an index, which several items may share. */
export function indexKey(index: KeySchema, table: KeySchema, item: Item): SortKey {
	return `${sortKey(index, item)}${sortKey(table, item)}`;
}
