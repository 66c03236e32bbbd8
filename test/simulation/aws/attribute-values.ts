import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { invalid } from "./dynamo-errors.ts";
import { notSimulated } from "./not-simulated.ts";

/** An item of a table. Items are never changed in place, neither by the engine nor by callers. */
export type Item = Record<string, AttributeValue>;

/**
 * Compares two scalars as DynamoDB does: numbers by value, strings by their UTF-8 octets. NaN if they cannot be
 * compared, so every comparison of the result with zero is false.
 */
export function compareValues(one: AttributeValue, other: AttributeValue): number {
	if (one.S !== undefined && other.S !== undefined) return compareTexts(one.S, other.S);
	if (one.N !== undefined && other.N !== undefined) return Number(one.N) - Number(other.N);
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
	return notSimulated("equality of lists, maps and sets");
}

/** Refuses values that the service refuses, and values that this engine would not return as the service does. */
export function checkValue(value: AttributeValue): void {
	if (value.S !== undefined || value.BOOL !== undefined || value.NULL !== undefined) return;
	if (value.N !== undefined) checkNumber(value.N);
	else if (value.NS !== undefined) checkSet(value.NS, checkNumber);
	else if (value.SS !== undefined) checkSet(value.SS);
	else if (value.L !== undefined) value.L.forEach(checkValue);
	else if (value.M !== undefined) checkItem(value.M);
	else notSimulated(`the value ${JSON.stringify(value)}`);
}

export function checkItem(item: Item): void {
	for (const name in item) checkValue(item[name] as AttributeValue);
}

/*
 * The service returns 7 for 007 and 1000 for 1e3, and stores more digits than a double. The gateway needs none of
 * that.
 */
function checkNumber(text: string): void {
	const number = Number(text);
	if (!Number.isFinite(number)) invalid(`The parameter cannot be converted to a numeric value: ${text}`);
	if (String(number) !== text) notSimulated(`the number ${text}`);
}

function checkSet(members: readonly string[], check: (member: string) => void = () => undefined): void {
	if (members.length === 0) invalid("One or more parameter values were invalid: A set may not be empty");
	if (new Set(members).size < members.length) invalid("Input collection contains duplicates");
	members.forEach(check);
}

/** The attribute after ADD: a number increased, or a set with more members. */
export function addTo(before: AttributeValue | undefined, more: AttributeValue): AttributeValue {
	if (more.N !== undefined) return sumOf(before ?? { N: "0" }, more, 1);
	if (more.NS !== undefined) return { NS: [...union(before, before?.NS, more.NS)] };
	if (more.SS !== undefined) return { SS: [...union(before, before?.SS, more.SS)] };
	return invalid("Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD");
}

function union(before: AttributeValue | undefined, members: readonly string[] | undefined, more: readonly string[]) {
	if (before !== undefined && members === undefined) return wrongType();
	return new Set([...(members ?? []), ...more]);
}

/** @param sign 1 to add, -1 to subtract. */
export function sumOf(one: AttributeValue, other: AttributeValue, sign: 1 | -1): AttributeValue {
	if (one.N === undefined || other.N === undefined) return wrongType();
	const sum = String(Number(one.N) + sign * Number(other.N));
	checkNumber(sum);
	return { N: sum };
}

function wrongType(): never {
	return invalid("An operand in the update expression has an incorrect data type");
}
