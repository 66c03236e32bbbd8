import { describe, expect, it } from "vitest";
import {
	entryOfKey,
	isPlace,
	keyStart,
	mergedPages,
	placeOf,
	placesIn,
	type SearchEntry,
	searchKey,
} from "#shared/domain/search/search-entry.ts";

const at = Date.UTC(2026, 10, 28);
const entry = (change: Partial<SearchEntry> = {}): SearchEntry => ({ userName: "demo", at, messageId: 7, ...change });
const everything = { from: null, to: null };

describe("the key of a search entry", () => {
	it("gives back its entry, up to the highest id", () => {
		for (const one of [entry(), entry({ userName: "" }), entry({ messageId: Number.MAX_SAFE_INTEGER, at: 0 })]) {
			expect(entryOfKey(searchKey(one))).toEqual(one);
		}
	});

	it("sorts by time, then by id", () => {
		const inOrder = [
			entry({ at: 0, messageId: Number.MAX_SAFE_INTEGER }),
			entry({ at: at - 1, messageId: 9_000 }),
			entry({ messageId: 35 }),
			entry({ messageId: 36 }),
			entry({ at: at + 1, messageId: 1 }),
		].map(placeOf);

		expect([...inOrder].sort()).toEqual(inOrder);
		expect(inOrder.every(isPlace)).toBe(true);
	});

	it("begins like the keys of its own account only", () => {
		expect(searchKey(entry({ userName: "ab" })).startsWith(keyStart("a"))).toBe(false);
	});

	it.each(["", "demo", "demo 1", `demo${placeOf(entry())}`])("is refused if it is malformed: %j", (key) => {
		expect(() => entryOfKey(key)).toThrow("search key");
	});
});

describe("the places of a period", () => {
	const includes = (one: SearchEntry, { first, last }: ReturnType<typeof placesIn>) =>
		placeOf(one) >= first && placeOf(one) <= last;

	it("include both of its ends", () => {
		const places = placesIn({ from: at, to: at + 10 }, null);

		expect([at - 1, at, at + 10, at + 11].map((one) => includes(entry({ at: one }), places))).toEqual([
			false,
			true,
			true,
			false,
		]);
	});

	it("end right before a place, whatever its id", () => {
		const ahead = (messageId: number) => placesIn(everything, placeOf(entry({ messageId })));

		expect(includes(entry({ messageId: 36 }), ahead(36))).toBe(false);
		expect(includes(entry({ messageId: 35 }), ahead(36))).toBe(true);
		expect(includes(entry({ at: at - 1, messageId: Number.MAX_SAFE_INTEGER }), ahead(0))).toBe(true);
		expect(includes(entry({ messageId: 0 }), ahead(0))).toBe(false);
	});
});

describe("pages of several accounts as one", () => {
	const of = (userName: string, ...times: readonly number[]) =>
		times.map((time) => entry({ userName, at: time, messageId: time }));

	it("are in order of time", () => {
		const pages = [
			{ entries: of("a", 9, 3), more: false },
			{ entries: of("b", 7, 1), more: false },
		];

		const { entries, more } = mergedPages(pages, 10);

		expect(entries.map((one) => one.at)).toEqual([9, 7, 3, 1]);
		expect(more).toBe(false);
	});

	it("end where an account may have others in between", () => {
		const pages = [
			{ entries: of("a", 9, 8), more: true },
			{ entries: of("b", 10, 7), more: false },
		];

		expect(mergedPages(pages, 10).entries.map((one) => one.at)).toEqual([10, 9, 8]);
		expect(mergedPages(pages, 10).more).toBe(true);
	});

	it("end at the limit", () => {
		const { entries, more } = mergedPages([{ entries: of("a", 9, 8, 7), more: false }], 2);

		expect(entries.map((one) => one.at)).toEqual([9, 8]);
		expect(more).toBe(true);
	});
});
