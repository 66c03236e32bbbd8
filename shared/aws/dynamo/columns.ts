import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** The attribute of one field of a row: its name, and how its value is written and read. */
export type Column<Value> = {
	readonly name: string;
	readonly write: (value: Value) => AttributeValue;
	/** @throws Error for an attribute of another type or outside the allowed values. */
	readonly read: (attribute: AttributeValue | undefined) => Value;
};

export type Columns<Row> = { readonly [Field in keyof Row]-?: Column<Row[Field]> };

export function text(name: string): Column<string> {
	return {
		name,
		write: (value) => ({ S: value }),
		read: (attribute) => (attribute?.S === undefined ? malformed(name, attribute) : attribute.S),
	};
}

export function number(name: string): Column<number> {
	return {
		name,
		write: (value) => ({ N: String(value) }),
		read: (attribute) => (attribute?.N === undefined ? malformed(name, attribute) : Number(attribute.N)),
	};
}

/** An instant in whole seconds, as DynamoDB's time to live needs it. */
export function seconds(name: string): Column<number> {
	const { read } = number(name);
	return {
		name,
		write: (value) => ({ N: String(Math.ceil(value / 1_000)) }),
		read: (attribute) => read(attribute) * 1_000,
	};
}

export function flag(name: string): Column<boolean> {
	return {
		name,
		write: (value) => ({ BOOL: value }),
		read: (attribute) => (attribute?.BOOL === undefined ? malformed(name, attribute) : attribute.BOOL),
	};
}

export function sparseFlag(name: string): Column<boolean> {
	return {
		name,
		write: (value) => (value ? { BOOL: true } : { NULL: true }),
		read: (attribute) => attribute?.BOOL === true,
	};
}

export function sparseText(name: string): Column<string | undefined> {
	return {
		name,
		write: (value) => (value === undefined ? { NULL: true } : { S: value }),
		read: (attribute) => attribute?.S,
	};
}

/** A value that is stored only if it differs from `usual`. */
export function withDefault<Value>(usual: Value, column: Column<Value>): Column<Value> {
	return {
		name: column.name,
		write: (value) => (value === usual ? { NULL: true } : column.write(value)),
		read: (attribute) => (attribute === undefined || attribute.NULL === true ? usual : column.read(attribute)),
	};
}

export function oneOf<Value extends string | number>(
	name: string,
	values: readonly Value[],
	write: (value: Value) => AttributeValue,
): Column<Value> {
	const byText = new Map(values.map((value) => [String(value), value]));
	return {
		name,
		write,
		read: (attribute) => byText.get(attribute?.S ?? attribute?.N ?? "") ?? malformed(name, attribute),
	};
}

export function nullable<Value>(column: Column<Value>): Column<Value | null> {
	return {
		name: column.name,
		write: (value) => (value === null ? { NULL: true } : column.write(value)),
		read: (attribute) => (attribute === undefined || attribute.NULL === true ? null : column.read(attribute)),
	};
}

/** A row's attributes. Nulls are not stored. */
export function attributesOf<Row extends object>(columns: Columns<Row>, row: Row): Record<string, AttributeValue> {
	const attributes: Record<string, AttributeValue> = {};
	for (const field in columns) {
		const { name, write } = columns[field];
		const attribute = write(row[field]);
		if (attribute.NULL !== true) attributes[name] = attribute;
	}
	return attributes;
}

/** @throws Error if an attribute is missing or malformed. */
export function rowOf<Row extends object>(columns: Columns<Row>, item: Record<string, AttributeValue>): Row {
	/* A loop, because Object.entries for each of many reads costs as much as the parsing. */
	const row: Partial<Row> = {};
	for (const field in columns) row[field] = columns[field].read(item[columns[field].name]);
	return row as Row;
}

export function malformed(name: string, attribute: AttributeValue | undefined): never {
	throw new Error(`stored item: attribute ${name} is ${attribute === undefined ? "missing" : "malformed"}`);
}
