import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Columns, flag, nullable, number, oneOf, text } from "#shared/aws/dynamo/columns.ts";
import { itemOf, messageOf } from "#shared/aws/dynamo/message-columns.ts";
import { jsonColumn } from "#shared/aws/dynamo/packed-column.ts";
import { aMessage } from "#test/fakes/builders.ts";

type Row = {
	readonly name: string;
	readonly size: number;
	readonly kind: "a" | "b";
	readonly open: boolean;
	readonly note: string | null;
};

const columns: Columns<Row> = {
	name: text("n"),
	size: number("s"),
	kind: oneOf("k", ["a", "b"], (kind) => ({ S: kind })),
	open: flag("o"),
	note: nullable(text("t")),
};
const column = jsonColumn("p", columns);

describe("fields packed into one attribute", () => {
	it("are read back as they were written", () => {
		const rows = fc.record<Row>({
			name: fc.string({ unit: "binary" }),
			size: fc.maxSafeInteger(),
			kind: fc.constantFrom("a", "b"),
			open: fc.boolean(),
			note: fc.option(fc.string()),
		});
		fc.assert(
			fc.property(rows, (row) => {
				expect(column.read(column.write(row))).toEqual(row);
			}),
		);
	});

	it("leave out nulls and fields without a column", () => {
		const row = { name: "x", size: 1, kind: "a", open: true, note: null, other: 5 } as const;
		expect(column.write(row)).toEqual({ S: '{"n":"x","s":1,"k":"a","o":true}' });
	});

	it.each([
		["no attribute", undefined],
		["a number", { N: "5" }],
		["invalid JSON", { S: "{" }],
		["a list", { S: "[]" }],
		["null", { S: "null" }],
	])("cannot be read from %s", (_, attribute) => {
		expect(() => column.read(attribute)).toThrow("stored item: attribute p is");
	});

	it.each([
		["of another type", '{"n":5,"s":1,"k":"a","o":true}', "n"],
		["outside its range", '{"n":"x","s":1,"k":"c","o":true}', "k"],
		["missing", '{"n":"x","k":"a","o":true}', "s"],
	])("cannot be read when one is %s, which the error names", (_, json, name) => {
		expect(() => column.read({ S: json })).toThrow(`stored item: attribute ${name} is`);
	});
});

it("a message of an older release is read without what only a message by SMPP has now", () => {
	const older = itemOf(aMessage({ smpp: null }));

	const row = messageOf(older);

	expect([older["m"]?.S?.includes('"sm"'), row.smpp]).toEqual([false, null]);
});
