import { describe, expect, it } from "vitest";
import { batchResponse } from "#lambdas/http/batch-response.ts";
import { type PageQuery, pageQuery } from "#lambdas/http/page-query.ts";
import { readBatch } from "#shared/usecases/message/read-batch.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGatewayWith } from "#test/fakes/gateways.ts";
import { anHttpEvent } from "#test/fakes/http-events.ts";

const all = { from: 0, limit: 1_000 };

/** Reads a page of a batch of messages with these texts. */
async function aBatchOf(texts: readonly string[]) {
	const messages = texts.map((text) => aMessage({ userName: "demo", text }));
	const gateway = await aGatewayWith(messages);
	const messageIds = messages.map(({ messageId }) => messageId);
	const row = { batchId: 1, userName: "demo", messageIds, acceptedAt: 0, keepUntil: mondayAtEleven * 2 };
	await gateway.batches.put({ ...row, isFailFast: false, state: "committed", attempt: "a" });
	return async (page: PageQuery) => {
		const found = await readBatch(gateway, "demo", 1, page);
		if (found.kind !== "found") throw new Error("the batch is absent");
		const { body = "", isBase64Encoded = false, headers, ...rest } = batchResponse(found, page);
		const json = Buffer.from(body, isBase64Encoded ? "base64" : "utf8").toString();
		const payload = Buffer.byteLength(JSON.stringify({ ...rest, headers, body, isBase64Encoded }));
		return { texts: JSON.parse(json).map((one: { message_text: string }) => one.message_text), headers, payload };
	};
}

describe("the messages of a batch", () => {
	it("are all of them unless a page is asked for (R9)", async () => {
		const { texts, headers } = await (await aBatchOf(["a", "b", "c"]))(all);

		expect([texts, headers]).toEqual([["a", "b", "c"], { "content-type": "application/json; charset=utf-8" }]);
	});

	it("come in pages, each with the cursor of the next (A52)", async () => {
		const read = await aBatchOf(["a", "b", "c", "d", "e"]);
		const pages: (readonly string[])[] = [];
		for (let cursor: string | undefined = "0"; cursor !== undefined; ) {
			const { texts, headers } = await read({ from: Number(cursor), limit: 2 });
			pages.push(texts);
			cursor = headers?.["next-cursor"] as string | undefined;
		}

		expect(pages).toEqual([["a", "b"], ["c", "d"], ["e"]]);
	});

	it("are none after the last (A52)", async () => {
		const { texts, headers } = await (await aBatchOf(["a"]))({ from: 1, limit: 2 });

		expect([texts, headers?.["next-cursor"]]).toEqual([[], undefined]);
	});

	it.each([
		["quotes", '"'],
		["letters", "x"],
		["Cyrillic letters", "ж"],
		["backslashes", "\\"],
	])("fit into a function's response with 1,000 texts of 1,500 %s", async (_, letter) => {
		const { texts, payload, headers } = await (await aBatchOf(Array(1_000).fill(letter.repeat(1_500))))(all);

		expect([texts.length, headers?.["next-cursor"]]).toEqual([1_000, undefined]);
		expect(payload).toBeLessThan(6 * 1_024 * 1_024);
	});

	it.each([
		["control characters", "\u0001"],
		["characters of three octets", "語"],
		["emoji", "😀"],
	])("are cut where a function's response ends, with 1,000 texts of 1,500 %s (A52)", async (_, letter) => {
		const expected = Array.from({ length: 1_000 }, (_, index) => `${index} ${letter.repeat(1_490)}`);
		const read = await aBatchOf(expected);
		const seen: string[] = [];
		for (let cursor: string | undefined = "0"; cursor !== undefined; ) {
			const { texts, headers, payload } = await read({ from: Number(cursor), limit: 1_000 });
			expect(payload).toBeLessThan(6 * 1_024 * 1_024);
			seen.push(...texts);
			cursor = headers?.["next-cursor"] as string | undefined;
		}

		expect(seen).toEqual(expected);
	});
});

describe("the query of a page", () => {
	const queryOf = (queryStringParameters: Record<string, string>) => pageQuery(anHttpEvent({ queryStringParameters }));

	it("is the whole list by default (A52)", () => {
		expect([pageQuery(anHttpEvent()), queryOf({ limit: "20", cursor: "40" })]).toEqual([all, { from: 40, limit: 20 }]);
	});

	it.each([
		{ limit: "0" },
		{ limit: "1001" },
		{ limit: "-1" },
		{ limit: "1.5" },
		{ limit: "" },
		{ limit: "ten" },
		{ limit: "10,10" },
		{ cursor: "0" },
		{ cursor: "x" },
		{ cursor: "99999999" },
	])("is refused with %j (A52)", (query) => {
		const [field] = Object.keys(query);

		expect(() => queryOf(query as unknown as Record<string, string>)).toThrow(expect.objectContaining({ field }));
	});
});
