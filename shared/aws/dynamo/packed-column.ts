import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { attributesOf, type Column, type Columns, malformed, rowOf } from "./columns.ts";

/**
 * Several fields of a row in one attribute, as JSON, for fields that are always written and read together. Each attribute costs
 * time at every call, here and in DynamoDB.
 */
export function jsonColumn<Row extends object>(name: string, columns: Columns<Row>): Column<Row> {
	return {
		name,
		write: (row) => ({ S: JSON.stringify(plainFields(attributesOf(columns, row))) }),
		read: (attribute) => rowOf(columns, attributeFields(objectIn(name, attribute))),
	};
}

type Plain = string | number | boolean | readonly Plain[] | { readonly [name: string]: Plain };
type PlainFields = Readonly<Record<string, Plain>>;

function plainFields(attributes: Readonly<Record<string, AttributeValue>>): PlainFields {
	const fields: Record<string, Plain> = {};
	for (const name in attributes) fields[name] = plainOf(attributes[name] as AttributeValue);
	return fields;
}

function plainOf({ S, N, BOOL, L, M }: AttributeValue): Plain {
	if (S !== undefined) return S;
	if (N !== undefined) return Number(N);
	if (BOOL !== undefined) return BOOL;
	if (L !== undefined) return L.map(plainOf);
	return plainFields(M ?? {});
}

function attributeFields(fields: PlainFields): Record<string, AttributeValue> {
	const attributes: Record<string, AttributeValue> = {};
	for (const name in fields) attributes[name] = attributeOf(fields[name] as Plain);
	return attributes;
}

function attributeOf(value: Plain): AttributeValue {
	if (typeof value === "string") return { S: value };
	if (typeof value === "number") return { N: String(value) };
	if (typeof value === "boolean") return { BOOL: value };
	if (Array.isArray(value)) return { L: value.map(attributeOf) };
	if (value === null) return { NULL: true };
	return { M: attributeFields(value as PlainFields) };
}

function objectIn(name: string, attribute: AttributeValue | undefined): PlainFields {
	const value = parsed(attribute?.S);
	return typeof value === "object" && value !== null && !Array.isArray(value)
		? (value as PlainFields)
		: malformed(name, attribute);
}

function parsed(json: string | undefined): unknown {
	try {
		return json === undefined ? undefined : JSON.parse(json);
	} catch {
		return undefined;
	}
}
