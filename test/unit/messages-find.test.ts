import { describe, expect, it } from "vitest";
import { allPages } from "#admin/commands/messages-find.ts";
import { aMessage } from "#test/fakes/builders.ts";

/** Pages that each have so many messages. Returns how many of them were read. */
async function readAll(perPage: number, pages: number, cursor?: string) {
	let read = 0;
	const row = aMessage();
	const found = await allPages(async (from) => {
		read += 1;
		const next = Number(from ?? 0) + 1;
		return { messages: Array(perPage).fill(row), nextCursor: next < pages ? String(next) : null };
	}, cursor);
	return { read, found: found.messages.length, next: found.nextCursor };
}

describe("messages find --all", () => {
	it.each([
		["ends with the last page", 50, 3, undefined, { read: 3, found: 150, next: null }],
		["begins at a cursor", 50, 3, "1", { read: 2, found: 100, next: null }],
		["stops when it has found many", 50, 5_000, undefined, { read: 200, found: 10_000, next: "200" }],
		["stops when it has read many pages", 0, 5_000, undefined, { read: 1_000, found: 0, next: "1000" }],
	] as const)("%s", async (_, perPage, pages, cursor, expected) => {
		expect(await readAll(perPage, pages, cursor)).toEqual(expected);
	});
});
