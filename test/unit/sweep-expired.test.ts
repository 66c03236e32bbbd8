import { expect, it } from "vitest";
import type { Item } from "#local/engines/dynamodb/attribute-values.ts";
import type { StoredTable } from "#local/engines/dynamodb/catalog.ts";
import { sortKey } from "#local/engines/dynamodb/keys.ts";
import { deleteExpired } from "#local/engines/dynamodb/sweep-expired.ts";
import { memoryItems } from "#test/simulation/aws/memory-items.ts";

const schema = { hash: { name: "id", type: "N" } } as const;
const now = Date.parse("2026-11-24T06:00:00Z");
const seconds = (ms: number) => ({ N: String(Math.floor(ms / 1_000)) });
const year = 365 * 24 * 60 * 60_000;

function aTable(all: readonly Item[], ttlAttribute: string | undefined = "ttl"): StoredTable {
	const items = memoryItems("items", schema, () => undefined);
	for (const item of all) items.put(sortKey(schema, item), item);
	return { name: "items", schema, items, indexes: new Map(), ttlAttribute };
}

const idsIn = ({ items }: StoredTable) =>
	[...items.range({ from: "", to: "\xff" }, false)].map(({ id }) => Number(id?.N)).sort((one, other) => one - other);

function sweep(table: StoredTable): void {
	for (let after: string | undefined = ""; after !== undefined; ) after = deleteExpired(table, after, now);
}

it("deletes the items whose time has come, and no others", () => {
	const table = aTable([
		{ id: { N: "1" }, ttl: seconds(now) },
		{ id: { N: "2" }, ttl: seconds(now + 1_000) },
		{ id: { N: "3" }, ttl: seconds(now - year) },
		{ id: { N: "4" }, ttl: seconds(now - 6 * year) },
		{ id: { N: "5" }, ttl: { S: "1" } },
		{ id: { N: "6" } },
	]);

	sweep(table);

	expect(idsIn(table)).toEqual([2, 4, 5, 6]);
});

it("reaches every item of a large table, a few at once", () => {
	const table = aTable(
		Array.from({ length: 1_234 }, (_, id) => ({
			id: { N: String(id) },
			ttl: seconds(id % 2 === 0 ? now : now + year),
		})),
	);

	sweep(table);

	expect(idsIn(table)).toEqual(Array.from({ length: 617 }, (_, index) => 2 * index + 1));
});

it("deletes nothing from a table without a time to live", () => {
	const table = { ...aTable([{ id: { N: "1" }, ttl: seconds(0) }]), ttlAttribute: undefined };

	sweep(table);

	expect(idsIn(table)).toEqual([1]);
});
