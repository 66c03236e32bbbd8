import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { ServiceError } from "#local/wire/service-error.ts";
import { unsupported } from "#local/wire/unsupported.ts";
import { addDecimals, canonical, compareDecimals } from "./decimals.ts";
import { badParameter, invalid } from "./errors.ts";

/** An item of a table. Items are never changed in place, neither by the engine nor by callers. */
export type Item = Record<string, AttributeValue>;

/**
 * Compares two scalars as DynamoDB does: numbers by value, strings by their UTF-8 octets. NaN if they cannot be
 * compared, so every comparison of the result with zero is false.
 */
export function compareValues(one: AttributeValue, other: AttributeValue): number {
	if (one.S !== undefined && other.S !== undefined) return compareTexts(one.S, other.S);
	if (one.N !== undefined && other.N !== undefined) return compareDecimals(one.N, other.N);
	return Number.NaN;
}

/** UTF-16 sorts surrogates before the last 8192 characters of the first plane; UTF-8 sorts them after. */
function compareTexts(one: string, other: string): number {
	if (one === other) return 0;
	const length = Math.min(one.length, other.length);
	for (let index = 0; index < length; index += 1) {
		const [left, right] = [one.charCodeAt(index), other.charCodeAt(index)];
		if (left !== right) return rankOf(left) - rankOf(right);
	}
	return one.length - other.length;
}

const rankOf = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

export function sameValue(one: AttributeValue, other: AttributeValue): boolean {
	if (one.S !== undefined) return one.S === other.S;
	if (one.N !== undefined) return one.N === other.N;
	if (one.BOOL !== undefined) return one.BOOL === other.BOOL;
	if (one.NULL !== undefined) return one.NULL === other.NULL;
	if (one.L !== undefined) return sameList(one.L, other.L);
	if (one.M !== undefined) return sameMap(one.M, other.M);
	return sameSet(one.NS, other.NS) || sameSet(one.SS, other.SS);
}

function sameList(one: readonly AttributeValue[], other: readonly AttributeValue[] | undefined): boolean {
	return one.length === other?.length && one.every((value, index) => sameValue(value, other[index] as AttributeValue));
}

function sameMap(one: Item, other: Item | undefined): boolean {
	const names = Object.keys(one);
	if (other === undefined || names.length !== Object.keys(other).length) return false;
	return names.every(
		(name) => Object.hasOwn(other, name) && sameValue(one[name] as AttributeValue, other[name] as AttributeValue),
	);
}

function sameSet(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
	if (one === undefined || other === undefined) return false;
	return one.length === other.length && new Set([...one, ...other]).size === one.length;
}

const depthMax = 32;

type Check = (content: unknown, depth: number) => AttributeValue | undefined;

/** Each gives the stored form of a value, or undefined if that is the value itself. */
const checks: Readonly<Record<string, Check>> = {
	S: (content) => void textIn(content),
	N(content) {
		const text = textIn(content);
		const stored = canonical(text);
		return stored === text ? undefined : { N: stored };
	},
	BOOL: (content) => void (typeof content === "boolean" || malformed()),
	NULL: (content) => void (content === true || badParameter("Null attribute value types must have the value of true")),
	SS: (content) => void setIn("string", content),
	NS: (content) => ({ NS: [...setIn("number", content)] }),
	L: (content, depth) => ({ L: listIn(content).map((value) => storedValue(value as AttributeValue, depth + 1)) }),
	M: (content, depth) => ({ M: storedItem(content as Item, depth + 1) }),
	B: () => unsupported("the type B"),
	BS: () => unsupported("the type BS"),
};

/**
 * A value as the table keeps it, with its numbers in one form.
 * @throws ServiceError for a value that the service refuses.
 */
export function storedValue(value: AttributeValue, depth = 1): AttributeValue {
	if (typeof value !== "object" || value === null) malformed();
	if (depth > depthMax) invalid("Nesting Levels have exceeded supported limits");
	let type: string | undefined;
	for (const name in value) {
		if (type !== undefined) {
			invalid(
				"Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
			);
		}
		type = name;
	}
	const check = Object.hasOwn(checks, type ?? "") ? checks[type ?? ""] : undefined;
	if (check === undefined) {
		return invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
	}
	return check(value[type as keyof AttributeValue], depth) ?? value;
}

export function storedItem(item: Item, depth = 0): Item {
	if (typeof item !== "object" || item === null || Array.isArray(item)) malformed();
	let stored = item;
	for (const name in item) {
		if (name === "") invalid("Empty attribute name");
		if (name === "__proto__") unsupported(`an attribute named ${name}`);
		const value = storedValue(item[name] as AttributeValue, depth + 1);
		if (value === item[name]) continue;
		if (stored === item) stored = { ...item };
		stored[name] = value;
	}
	return stored;
}

function malformed(): never {
	throw new ServiceError("SerializationException", "Unexpected value type in payload");
}

const textIn = (content: unknown) => (typeof content === "string" ? content : malformed());
const listIn = (content: unknown): readonly unknown[] => (Array.isArray(content) ? content : malformed());

function setIn(kind: "string" | "number", content: unknown): ReadonlySet<string> {
	const members = listIn(content).map(kind === "number" ? (member) => canonical(textIn(member)) : textIn);
	const set = new Set(members);
	if (members.length === 0) badParameter(`An ${kind} set  may not be empty`);
	if (set.size < members.length) badParameter(`Input collection [${members.join(", ")}] contains duplicates`);
	return set;
}

/** The attribute after ADD: a number increased, or a set with more members. */
export function addTo(before: AttributeValue | undefined, more: AttributeValue): AttributeValue {
	if (more.N !== undefined) return sumOf(before ?? { N: "0" }, more, 1);
	if (more.NS !== undefined) return { NS: [...union(before, before?.NS, more.NS)] };
	if (more.SS !== undefined) return { SS: [...union(before, before?.SS, more.SS)] };
	return wrongType();
}

function union(before: AttributeValue | undefined, members: readonly string[] | undefined, more: readonly string[]) {
	if (before !== undefined && members === undefined) return wrongType();
	return new Set([...(members ?? []), ...more]);
}

/** @param sign 1 to add, -1 to subtract. */
export function sumOf(one: AttributeValue, other: AttributeValue, sign: 1 | -1): AttributeValue {
	if (one.N === undefined || other.N === undefined) return wrongType();
	return { N: addDecimals(one.N, other.N, sign) };
}

function wrongType(): never {
	return invalid("An operand in the update expression has an incorrect data type");
}
