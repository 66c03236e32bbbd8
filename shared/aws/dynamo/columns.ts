import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** How one field of a row lies in DynamoDB: its attribute's name, and both ways between its value and its attribute. */
export type Column<Value> = {
	readonly name: string;
	readonly write: (value: Value) => AttributeValue;
	/** @throws Error on an attribute of another type, or outside its range: a stored item that does not parse is a fault. */
	readonly read: (attribute: AttributeValue | undefined) => Value;
};

/** A row's columns by its fields: what is stored of it, and the schema that it is read by. */
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

/** A time to live: an instant in whole seconds, for DynamoDB's own deletion. */
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

/** A flag that is hardly ever set, and stored only where it is. */
export function sparseFlag(name: string): Column<boolean> {
	return {
		name,
		write: (value) => (value ? { BOOL: true } : { NULL: true }),
		read: (attribute) => attribute?.BOOL === true,
	};
}

/** A text that is hardly ever there. */
export function sparseText(name: string): Column<string | undefined> {
	return {
		name,
		write: (value) => (value === undefined ? { NULL: true } : { S: value }),
		read: (attribute) => attribute?.S,
	};
}

/** What hardly ever differs from `usual`, and is stored only where it does. */
export function withDefault<Value>(usual: Value, column: Column<Value>): Column<Value> {
	return {
		name: column.name,
		write: (value) => (value === usual ? { NULL: true } : column.write(value)),
		read: (attribute) => (attribute === undefined || attribute.NULL === true ? usual : column.read(attribute)),
	};
}

/** One of a few texts or numbers. */
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

/** The attributes of those columns that have a value in a row; a null is not stored. */
export function attributesOf<Row extends object>(columns: Columns<Row>, row: Row): Record<string, AttributeValue> {
	const attributes: Record<string, AttributeValue> = {};
	for (const field in columns) {
		const { name, write } = columns[field];
		const attribute = write(row[field]);
		if (attribute.NULL !== true) attributes[name] = attribute;
	}
	return attributes;
}

/** @throws Error where the item is not such a row. */
export function rowOf<Row extends object>(columns: Columns<Row>, item: Record<string, AttributeValue>): Row {
	/* A loop: every message is read several times, and a list of its fields each time cost as much as the parsing. */
	const row: Partial<Row> = {};
	for (const field in columns) row[field] = columns[field].read(item[columns[field].name]);
	return row as Row;
}

export function malformed(name: string, attribute: AttributeValue | undefined): never {
	throw new Error(`stored item: attribute ${name} is ${attribute === undefined ? "missing" : "malformed"}`);
}
