import { describe, expect, it } from "vitest";
import { incomingSearch, messageSearch } from "#lambdas/http/search-endpoints.ts";
import type { IncomingMessage } from "#shared/domain/incoming/incoming-message.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { FindMessagesDeps } from "#shared/usecases/search/find-messages.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryIncoming } from "#test/fakes/memory-incoming.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memorySearchIndex } from "#test/fakes/memory-search-index.ts";
import { memoryBatches, memoryReportBatches } from "#test/fakes/memory-stores.ts";

const now = () => mondayAtEleven + 60_000;
const recipient = "77010000000";
const key = "0123456789abcdef";

function searchOf(rows: readonly Message[], change: Partial<FindMessagesDeps> = {}) {
	const messages = memoryMessages(now);
	for (const row of rows) messages.rows.set(row.messageId, row);
	const entries = rows.map(({ userName, acceptedAt: at, messageId, recipient: number }) => {
		return { userName, at, messageId, number };
	});
	const deps: FindMessagesDeps = {
		...{ messages, batches: memoryBatches(now), reportBatches: memoryReportBatches(), submissions: null },
		...{ index: memorySearchIndex(entries), idKey: key, ...change },
	};
	return async (query: Readonly<Record<string, string>>, userName = "demo") =>
		await messageSearch(deps, query, userName);
}

const idsIn = ({ body }: { body?: string | undefined }) =>
	(JSON.parse(body ?? "") as { message_id: number }[]).map((one) => one.message_id);

const messages = [1, 2, 3].map((messageId) =>
	aMessage({ messageId, recipient, acceptedAt: mondayAtEleven + messageId * 1_000 }),
);

async function refusalOf(answer: Promise<unknown>): Promise<Refusal> {
	const error = await answer.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof Refusal)) throw new Error("it was not refused");
	return error;
}

describe("GET /messages", () => {
	const search = searchOf(messages);

	it.each(["77010000000", "87010000000", "+7 (701) 000-00-00", "7701 000 00 00"])(
		"finds a number in every form that POST accepts: %s (A1, A52)",
		async (written) => {
			expect(idsIn(await search({ recipient: written }))).toEqual([3, 2, 1]);
		},
	);

	it("comes in pages, each with the cursor of the next (A52)", async () => {
		const first = await search({ recipient, limit: "2" });
		const cursor = String(first.headers?.["next-cursor"]);
		const second = await search({ recipient, limit: "2", cursor });

		expect([first, second].map(idsIn)).toEqual([[3, 2], [1]]);
		expect(second.headers).not.toHaveProperty("next-cursor");
	});

	it("takes a cursor of the same search and account only (A52)", async () => {
		const { headers } = await search({ recipient, limit: "2" });
		const cursor = String(headers?.["next-cursor"]);
		const all = [
			search({ recipient: "77010000001", cursor }),
			search({ recipient, status: "NEW", cursor }),
			search({ recipient, cursor }, "another"),
			search({ recipient, cursor: `${cursor.slice(0, -1)}${cursor.endsWith("0") ? "1" : "0"}` }),
			search({ recipient, cursor: "" }),
		];

		for (const one of all) expect((await refusalOf(one)).field).toBe("cursor");
	});

	it("includes the seconds of from and to (A52)", async () => {
		const from = "2026-11-23 11:00:02";

		expect(idsIn(await search({ recipient, from }))).toEqual([3, 2]);
		expect(idsIn(await search({ recipient, from, to: from }))).toEqual([2]);
	});

	it.each([
		[{}, "recipient", "give recipient"],
		[{ sender: "SMSGW", status: "NEW" }, "recipient", "only narrow"],
		[{ recipient: "1234" }, "recipient", "mobile number"],
		[{ recipient: "" }, "recipient", "mobile number"],
		[{ recipient, status: "GONE" }, "status", "DELIVERED"],
		[{ recipient, from: "2026-11-23" }, "from", "2026-11-28 09:00:00"],
		[{ recipient, from: "2026-11-23 11:00:02", to: "2026-11-23 11:00:01" }, "to", "at from or later"],
		[{ recipient, limit: "51" }, "limit", "1 to 50"],
		[{ recipient, limit: "0" }, "limit", "1 to 50"],
		[{ batch_id: "x" }, "batch_id", "id of a batch"],
		[{ message_id: "0" }, "message_id", "id of a message"],
		[{ client_message_id: "" }, "client_message_id", "64"],
	])("is refused with %j (A52)", async (query, field, text) => {
		const refusal = await refusalOf(search(query as Record<string, string>));

		expect([refusal.field, refusal.message]).toEqual([field, expect.stringContaining(text)]);
	});

	it("shows no text that its account wants forgotten (A52)", async () => {
		const one = aMessage({ messageId: 9, recipient, status: "DELIVERED", finalText: "remove", text: "" });
		const { body } = await searchOf([one])({ recipient });

		expect(JSON.parse(body ?? "")).toMatchObject([{ message_id: 9, message_text: "", text_redacted: true }]);
	});

	it("shows only what is accepted (A52)", async () => {
		const promised = async (rows: readonly Message[]) => rows.filter(({ messageId }) => messageId !== 2);

		expect(idsIn(await searchOf(messages, { promised })({ recipient }))).toEqual([3, 1]);
	});

	it("says what to do if the gateway does not search by number (A52)", async () => {
		const refusal = await refusalOf(searchOf(messages, { index: null })({ recipient }));

		expect(refusal.message).toContain("search by client_message_id, batch_id or message_id");
	});
});

describe("GET /incoming", () => {
	const incoming = (messageId: number, change: Partial<IncomingMessage> = {}): IncomingMessage => ({
		...{ messageId, userName: "demo", reportBatchId: null, sender: recipient, recipient: "1414", text: "СТОП" },
		...{ segmentCount: 1, receivedAt: mondayAtEleven + messageId * 1_000, operator: "kcell" as const },
		...{ keepUntil: now() + 1, ...change },
	});
	const rows = [incoming(1), incoming(2, { recipient: "1515" }), incoming(3), incoming(4, { userName: "another" })];
	const by = (address: "sender" | "recipient") =>
		memorySearchIndex(
			rows.map(({ messageId, userName, receivedAt: at, [address]: number }) => ({
				...{ messageId, userName: userName ?? "", at, number },
			})),
		);
	const deps = { incoming: memoryIncoming(now, rows), bySender: by("sender"), byRecipient: by("recipient") };
	const search = async (query: Readonly<Record<string, string>>) => await incomingSearch(deps, key, query, "demo");

	it("finds an account's own by sender and by short code, the newest first (A52)", async () => {
		expect(idsIn(await search({ sender: "8 701 000 00 00" }))).toEqual([3, 2, 1]);
		expect(idsIn(await search({ recipient: "1414" }))).toEqual([3, 1]);
		expect(idsIn(await search({ recipient: "1515", sender: recipient }))).toEqual([2]);
		expect(idsIn(await search({ sender: recipient, from: "2026-11-23 11:00:02", to: "2026-11-23 11:00:02" }))).toEqual([
			2,
		]);
		expect(idsIn(await search({ sender: "77010000009" }))).toEqual([]);
	});

	it("comes in pages, whose cursors are not those of GET /messages (A52)", async () => {
		const { headers, ...first } = await search({ sender: recipient, limit: "2" });
		const cursor = String(headers?.["next-cursor"]);

		expect(idsIn(first)).toEqual([3, 2]);
		expect(idsIn(await search({ sender: recipient, limit: "2", cursor }))).toEqual([1]);
		expect((await refusalOf(searchOf(messages)({ recipient, cursor }))).field).toBe("cursor");
	});

	it("is refused without sender and recipient, and without an index (A52)", async () => {
		expect((await refusalOf(search({}))).message).toContain("give sender");
		expect((await refusalOf(incomingSearch(null, key, { sender: recipient }, "demo"))).message).toContain(
			"does not search by number",
		);
	});
});
