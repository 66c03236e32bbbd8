import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDecimals, canonical, compareDecimals, sortableDecimal } from "#local/engines/dynamodb/decimals.ts";
import { indexKey, sortKey } from "#local/engines/dynamodb/keys.ts";

/** A decimal with at most ten digits, so that BigInt can check it. */
const decimal = fc
	.tuple(fc.integer({ min: -9_999_999_999, max: 9_999_999_999 }), fc.integer({ min: -10, max: 10 }))
	.map(([coefficient, exponent]) => ({
		text: `${coefficient}e${exponent}`,
		scaled: BigInt(coefficient) * 10n ** BigInt(exponent + 10),
	}));
const order = (one: bigint | string, other: bigint | string) => (one < other ? -1 : +(one > other));
const text = fc.string({ unit: "binary", minLength: 1, maxLength: 6 }).map((one) => one.replaceAll("\ud800", "x"));

describe("DynamoDB's numbers", () => {
	it("have the order of their values, and so have their keys", () => {
		fc.assert(
			fc.property(decimal, decimal, (one, other) => {
				const [left, right] = [canonical(one.text), canonical(other.text)];
				const expected = order(one.scaled, other.scaled);

				expect(Math.sign(compareDecimals(left, right))).toBe(expected);
				expect(order(sortableDecimal(left), sortableDecimal(right))).toBe(expected);
			}),
		);
	});

	it("are equal texts if and only if they are equal", () => {
		fc.assert(
			fc.property(decimal, decimal, (one, other) => {
				expect(canonical(one.text) === canonical(other.text)).toBe(one.scaled === other.scaled);
			}),
		);
	});

	it("are added and subtracted without loss", () => {
		fc.assert(
			fc.property(decimal, decimal, (one, other) => {
				const [left, right] = [canonical(one.text), canonical(other.text)];

				expect(canonical(addDecimals(addDecimals(left, right, 1), right, -1))).toBe(left);
			}),
		);
	});
});

describe("the keys of a table with a range key", () => {
	const schema = { hash: { name: "p", type: "S" }, range: { name: "r", type: "S" } } as const;
	const key = (p: string, r: string) => sortKey(schema, { p: { S: p }, r: { S: r } });
	const octets = (one: string) => Buffer.from(one).toString("latin1");

	it("have the order of the range keys' octets within a partition", () => {
		fc.assert(
			fc.property(text, text, text, (p, one, other) => {
				expect(order(key(p, one), key(p, other))).toBe(order(octets(one), octets(other)));
			}),
		);
	});

	it("differ if their items' keys differ, in the table and in an index", () => {
		const index = { hash: { name: "r", type: "S" } } as const;
		const inIndex = (p: string, r: string) => indexKey(index, schema, { p: { S: p }, r: { S: r } });
		fc.assert(
			fc.property(text, text, text, text, (p, r, q, s) => {
				const isSame = p === q && r === s;

				expect(key(p, r) === key(q, s)).toBe(isSame);
				expect(inIndex(p, r) === inIndex(q, s)).toBe(isSame);
			}),
		);
	});
});
