import { describe, expect, it } from "vitest";
import { type LayoutFile, rollbackProblems } from "#test/layouts/layout.ts";
import { currentLayout, readingOf, releasedLayouts } from "#test/layouts/layouts.ts";
import { tables } from "#test/simulation/world/deployment.ts";

const released = releasedLayouts();
const current = await currentLayout();
const rowsAndEntries = released.flatMap(([file, layout]) =>
	Object.entries(layout).map(([name, stored]) => ({ file, name, stored })),
);

describe("rows and queue entries of a released layout", () => {
	it.each(rowsAndEntries)("are read by today's code as they were then: $file, $name", async ({ name, stored }) => {
		const reading = await readingOf(name, stored);

		/* Fields that are new since have a value of their own. */
		expect({ reading }).toMatchObject({ reading: stored.reading });
	});

	it("are those of the newest file; if this fails, run `npm run layout` (CONTRIBUTING.md)", () => {
		expect(current).toEqual(released.at(-1)?.[1]);
	});

	it("are of every table", () => {
		const roles = Object.values(current).flatMap(({ rows }) => Object.keys(rows ?? {}));

		expect([...new Set(roles)].sort()).toEqual(Object.keys(tables).sort());
	});
});

describe("what today's code writes", () => {
	const pairs = released.slice(1).map(([file, next], index) => ({ file, previous: released[index]?.[1] ?? {}, next }));

	it.each([{ file: "this code", previous: released.at(-1)?.[1] ?? {}, next: current }, ...pairs])(
		"can be read by the release before, so that a rollback is safe: $file",
		({ previous, next }) => {
			expect(rollbackProblems(previous, next)).toEqual([]);
		},
	);
});

describe("a layout after another", () => {
	const row = (item: object, isReadOnly?: true): LayoutFile => ({
		"row: message": { rows: { messages: [{ ...item }] }, reading: null, ...(isReadOnly && { isReadOnly }) },
	});
	const before = row({ v: { N: "1" }, m: { S: '{"u":"demo","n":1}' } });

	it.each([
		["has a new attribute", row({ v: { N: "1" }, m: { S: '{"u":"demo","n":1}' }, x: { S: "new" } })],
		["has a new field in JSON", row({ v: { N: "2" }, m: { S: '{"u":"me","n":2,"x":true}' } })],
		["has other values", row({ v: { N: "7" }, m: { S: '{"u":"other","n":3}' } })],
	])("may follow if it %s", (_, next) => {
		expect(rollbackProblems(before, next)).toEqual([]);
	});

	it.each([
		["lacks an attribute", row({ m: { S: '{"u":"demo","n":1}' } }), "messages.0.v.N was string, and is absent"],
		["lacks a field in JSON", row({ v: { N: "1" }, m: { S: '{"u":"demo"}' } }), "m.S.n was number, and is absent"],
		["has another type", row({ v: { S: "1" }, m: { S: '{"u":"demo","n":1}' } }), "messages.0.v.N was string"],
		["has another type in JSON", row({ v: { N: "1" }, m: { S: '{"u":"demo","n":"1"}' } }), "and is string"],
	])("must not follow if it %s", (_, next, problem) => {
		expect(rollbackProblems(before, next).join()).toContain(problem);
	});

	it("may have a new kind only once the release before reads it", () => {
		const next: LayoutFile = { ...before, "entry: new": { body: '{"kind":"new"}', reading: null } };
		const reading: LayoutFile = {
			...before,
			"entry: new": { body: '{"kind":"new"}', reading: null, isReadOnly: true },
		};

		expect(rollbackProblems(before, next)).toEqual(["entry: new: is new, and the version before cannot read it"]);
		expect(rollbackProblems(before, reading)).toEqual([]);
		expect(rollbackProblems(reading, next)).toEqual([]);
	});

	it("may have a new kind in a new table, which the release before does not read", () => {
		const next: LayoutFile = { ...before, "row: new": { rows: { counts: [{ v: { N: "1" } }] }, reading: null } };
		const mixed: LayoutFile = { "row: new": { rows: { counts: [], messages: [] }, reading: null } };

		expect(rollbackProblems(before, next)).toEqual([]);
		expect(rollbackProblems(before, mixed)).toHaveLength(1);
	});
});
