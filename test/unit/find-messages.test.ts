import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { messageIdOf } from "#shared/domain/message/message-id.ts";
import { smscRef } from "#shared/domain/receipts/smsc-ref.ts";
import { anyMessage, type MessageCriteria } from "#shared/domain/search/message-criteria.ts";
import {
	accountsMax,
	type FindMessagesDeps,
	findMessages,
	pageKeysMax,
} from "#shared/usecases/search/find-messages.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memorySearchIndex } from "#test/fakes/memory-search-index.ts";
import { memoryBatches, memoryReportBatches, memorySubmissions } from "#test/fakes/memory-stores.ts";

const now = () => mondayAtEleven + 60_000;
const recipient = "77010000000";
const idKey = "0123456789abcdef";
const message = (messageId: number, change: Partial<Message> = {}) =>
	aMessage({ messageId, recipient, acceptedAt: mondayAtEleven + messageId, ...change });

/** Counts the items that are read. */
function aSearch(rows: readonly Message[], change: Partial<FindMessagesDeps> = {}) {
	const messages = memoryMessages(now);
	for (const row of rows) messages.rows.set(row.messageId, row);
	const index = memorySearchIndex(
		rows.map(({ userName, acceptedAt: at, messageId, recipient: number }) => ({ userName, at, messageId, number })),
	);
	let rowsRead = 0;
	const deps: FindMessagesDeps = {
		messages: {
			async readEach(ids) {
				rowsRead += ids.length;
				return await messages.readEach(ids);
			},
		},
		reportBatches: memoryReportBatches(),
		batches: memoryBatches(now),
		submissions: memorySubmissions(now),
		index,
		idKey,
		...change,
	};
	const page = async (criteria: Partial<MessageCriteria>, limit = 50, after: string | null = null) => {
		const outcome = await findMessages(deps, { ...anyMessage, ...criteria }, { limit, after });
		if (outcome.kind !== "found") throw new Error(outcome.kind);
		return { ids: outcome.messages.map((one) => one.message.messageId), next: outcome.next };
	};
	const allPages = async (criteria: Partial<MessageCriteria>, limit: number) => {
		const ids: number[][] = [];
		for (let after: string | null = null; ids.length < 100; ) {
			const found = await page(criteria, limit, after);
			ids.push(found.ids);
			if (found.next === null) return ids;
			after = found.next;
		}
		throw new Error("the pages do not end");
	};
	return { deps, page, allPages, itemsRead: () => rowsRead + index.keysRead(), messages };
}

describe("a search by number", () => {
	it("finds the messages of one account, the newest first, in pages that end between two of one instant", async () => {
		const sameTime = { acceptedAt: mondayAtEleven };
		const own = [message(1, sameTime), message(2, sameTime), message(3, sameTime), message(4), message(5)];
		const search = aSearch([...own, message(6, { userName: "another" }), message(7, { recipient: "77010000001" })]);

		expect(await search.allPages({ userName: "demo", recipient }, 2)).toEqual([[5, 4], [3, 2], [1]]);
	});

	it("does not repeat or omit a message if new ones come between two pages", async () => {
		const search = aSearch([message(1), message(2), message(3)]);
		const first = await search.page({ userName: "demo", recipient }, 2);
		const grown = aSearch([message(1), message(2), message(3), message(4)]);

		expect(first.ids).toEqual([3, 2]);
		expect(await grown.page({ userName: "demo", recipient }, 2, first.next)).toEqual({ ids: [1], next: null });
	});

	it("filters by sender, status and time, and goes on behind those that it left out", async () => {
		const rows = Array.from({ length: 120 }, (_, index) =>
			message(index + 1, { sender: index % 40 === 0 ? "RARE" : "SMSGW" }),
		);
		const search = aSearch(rows);

		expect(await search.allPages({ userName: "demo", recipient, sender: "RARE" }, 50)).toEqual([[81], [41], [1]]);
		expect(await search.allPages({ userName: "demo", recipient, sender: "RARE" }, 1)).toEqual([[81], [41], [1]]);
		const period = { from: mondayAtEleven + 10, to: mondayAtEleven + 12 };
		expect(await search.allPages({ userName: "demo", recipient, ...period }, 50)).toEqual([[12, 11, 10]]);
		expect((await search.page({ userName: "demo", recipient, status: "FAILED" })).ids).toEqual([]);
	});

	it("merges the accounts for an operator, however unequal they are", async () => {
		const rows = Array.from({ length: 90 }, (_, index) =>
			message(index + 1, { userName: index % 10 === 0 ? `rare-${index % 3}` : "busy" }),
		);
		const search = aSearch(rows);

		const pages = await search.allPages({ recipient }, 20);

		expect(pages.flat()).toEqual(rows.map((row) => row.messageId).reverse());
		expect(pages.every((ids) => ids.length > 0)).toBe(true);
	});

	it.each([1, 3, accountsMax])(
		"reads at most 200 items of many thousand in a page, with %i accounts",
		async (accounts) => {
			const rows = Array.from({ length: 2_000 }, (_, index) =>
				message(index + 1, { userName: `a${index % accounts}` }),
			);
			const search = aSearch(rows);
			await search.page({ recipient, status: "FAILED" });

			expect(search.itemsRead()).toBeLessThanOrEqual(200 - pageKeysMax);
		},
	);

	it("asks an operator for the account if too many sent to the number", async () => {
		const rows = Array.from({ length: accountsMax + 1 }, (_, index) => message(index + 1, { userName: `a${index}` }));
		const { deps } = aSearch(rows);
		const page = { limit: 50, after: null };

		expect(await findMessages(deps, { ...anyMessage, recipient }, page)).toEqual({ kind: "many_accounts" });
	});

	it("is impossible without an index, and leaves out rows that are gone or unreadable", async () => {
		const search = aSearch([message(1), message(2), message(3)]);
		search.messages.rows.delete(1);
		search.messages.unreadable.add(2);
		const { deps } = aSearch([], { index: null });

		expect((await search.page({ recipient })).ids).toEqual([3]);
		expect(await findMessages(deps, { ...anyMessage, recipient }, { limit: 1, after: null })).toEqual({
			kind: "no_index",
		});
	});
});

describe("a search by another criterion", () => {
	const clientMessageId = "order 1";
	const own = message(messageIdOf(idKey, "demo", clientMessageId, 0), { clientMessageId });

	it("finds a message by its id, and by its client's id", async () => {
		const search = aSearch([own, message(2)], { index: null });

		expect((await search.page({ messageId: 2 })).ids).toEqual([2]);
		expect((await search.page({ messageId: 2, userName: "another" })).ids).toEqual([]);
		expect((await search.page({ userName: "demo", clientMessageId })).ids).toEqual([own.messageId]);
		expect((await search.page({ userName: "demo", clientMessageId, status: "FAILED" })).ids).toEqual([]);
		expect((await search.page({ userName: "another", clientMessageId })).ids).toEqual([]);
	});

	it("finds a message by its SMSC's id, with the recipient where the SMSC's receipts name it", async () => {
		const search = aSearch([
			message(1, { operator: "kcell", segments: [{ smscId: "a1", status: "SENT", statusAt: 1, errorCode: null }] }),
		]);
		const segment = { messageId: 1, segmentIndex: 0, parts: 1, recipient, submittedAt: 1, keepUntil: now() + 1 };
		await (search.deps.submissions as ReturnType<typeof memorySubmissions>).put([
			{ ref: smscRef("kcell", recipient, "a1"), ...segment },
		]);

		expect((await search.page({ smscId: "a1", recipient })).ids).toEqual([1]);
		expect((await search.page({ smscId: "a1", recipient, operator: "tele2" })).ids).toEqual([]);
		expect((await search.page({ smscId: "a1" })).ids).toEqual([]);
	});

	it("finds all messages of an SMSC's id, page by page", async () => {
		const search = aSearch(
			(["kcell", "tele2", "beeline"] as const).map((operator, index) =>
				message(index + 1, { operator, segments: [{ smscId: "a1", status: "SENT", statusAt: 1, errorCode: null }] }),
			),
		);
		await (search.deps.submissions as ReturnType<typeof memorySubmissions>).put(
			(["kcell", "tele2", "beeline"] as const).map((operator, index) => ({
				...{ ref: smscRef(operator, recipient, "a1"), messageId: index + 1, segmentIndex: 0, parts: 1, recipient },
				...{ submittedAt: 1, keepUntil: now() + 1 },
			})),
		);

		const pages = await search.allPages({ smscId: "a1", recipient }, 1);

		expect(pages.flat().sort()).toEqual([1, 2, 3]);
		expect(await search.allPages({ smscId: "a1", recipient, status: "FAILED" }, 1)).toEqual([[]]);
	});

	it("finds the messages of a batch in its order, page by page", async () => {
		const batch = {
			...{ batchId: 9, userName: "demo", acceptedAt: 1, keepUntil: now() + 1, attempt: "a", isFailFast: false },
			...{ messageIds: [3, 1, 2], state: "committed" as const },
		};
		const rows = [1, 2, 3].map((id) => message(id, { batchId: 9, sender: id === 2 ? "RARE" : "SMSGW" }));
		const search = aSearch(rows);
		await (search.deps.batches as ReturnType<typeof memoryBatches>).put(batch);

		expect(await search.allPages({ batchId: 9, userName: "demo" }, 2)).toEqual([[3, 1], [2]]);
		expect(await search.allPages({ batchId: 9, sender: "RARE" }, 1)).toEqual([[2]]);
		expect(await search.allPages({ batchId: 9, userName: "another" }, 2)).toEqual([[]]);
		expect(await search.allPages({ batchId: 8 }, 2)).toEqual([[]]);
	});

	it("is refused if it would read all messages", async () => {
		const { deps } = aSearch([own]);
		const criteria = { ...anyMessage, userName: "demo", sender: "SMSGW" };

		expect(await findMessages(deps, criteria, { limit: 1, after: null })).toEqual({ kind: "unbounded" });
	});
});
