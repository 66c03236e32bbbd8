import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { aBody, type Client, type ClientMessage, clientOf, eventually, reported, smscSubmits } from "./client.ts";
import { type EngineProxy, openEngineProxy } from "./engine-proxy.ts";
import { openTestStack } from "./local-stack.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";

let localStack: SharedStack;

beforeAll(async () => {
	localStack = await sharedStack([
		{
			account: {
				user_name: "Банк/1",
				senders: [{ name: "BANK" }, { name: "NIGHT", default_time_bounds: "full", allowed_time_bounds: ["full"] }],
				duplicates: "replay",
			},
			password: "пароль: 1",
		},
	]);
});

describe("a batch", () => {
	let client: Client;

	beforeAll(() => {
		client = clientOf(localStack);
	});

	const postBatch = async (batch: Record<string, unknown>, by = client) =>
		await by.request("POST", "/batches", JSON.stringify(batch));

	const read = async (batchId: unknown) =>
		(await client.request("GET", `/batches/${batchId}`)).body as unknown as readonly ClientMessage[];

	const bodies = (count: number, fields: Record<string, unknown> = {}) =>
		Array.from({ length: count }, (_, index) => aBody({ recipient: `7701${2_000_000 + index}`, ...fields }));

	it("is accepted whole, and its messages are read back in order, without segments (R9, R10, A3)", async () => {
		const messages = bodies(200);

		const posted = await postBatch({ messages });
		const batchId = posted.body["batch_id"];
		const before = await read(batchId);
		for (const message of before) await client.untilReported(String(message.message_id));
		const after = await read(batchId);

		expect(posted.status).toBe(201);
		expect(batchId).toEqual(expect.stringMatching(/^\d+$/));
		expect(posted.headers.get("location")).toBe(`${localStack.url}/batches/${batchId}`);
		expect(after.map((message) => message["client_message_id"])).toEqual(
			messages.map((message) => message["client_message_id"]),
		);
		for (const message of after) {
			expect(message).toMatchObject({ batch_id: Number(batchId), message_status: "DELIVERED", is_informed: "Y" });
			expect(message).not.toHaveProperty("segments");
		}
	});

	it("without fail-fast accepts bad messages, which end at once with their code and are reported (R28, A24)", async () => {
		const good = aBody();
		const twin = { ...aBody(), client_message_id: good["client_message_id"] };
		const used = aBody();
		await client.untilReported(await client.send(used));
		const { recipient: _, ...withoutRecipient } = aBody();
		const messages = [
			good,
			aBody({ recipient: "123" }),
			twin,
			used,
			withoutRecipient,
			aBody({ sender: "X" }),
			"nonsense",
		];

		const posted = await postBatch({ messages });
		const rows = await read(posted.body["batch_id"]);
		for (const { message_id } of rows) await client.untilReported(String(message_id));

		expect(posted.status).toBe(201);
		expect(rows.map((row) => row["error_code"])).toEqual([null, "11", "23", "23", "11", "10", "255"]);
		const bad = rows.slice(1);
		expect(new Set(bad.map((row) => row.message_status))).toEqual(new Set(["UNDELIVERABLE"]));
		for (const row of bad) expect(row["status_time"]).toBe(row["init_time"]);
		const all = await reported(localStack);
		for (const row of bad) {
			const [report, ...more] = all.filter(({ message_id }) => message_id === row.message_id);
			expect(more).toEqual([]);
			expect(report).toMatchObject({ status: "UNDELIVERABLE", error_code: row["error_code"] });
			for (const field of ["sent_time", "sent_confirm_time", "rn_code", "retry_count"]) {
				expect(report).not.toHaveProperty(field);
			}
		}
	});

	it.each(["fail-fast", "fail_fast", "failFast"])(
		"with %s is refused for one bad message and stores nothing (R27, A27)",
		async (spelling) => {
			const messages = [...bodies(30), aBody({ recipient: "123" })];

			const refused = await postBatch({ [spelling]: "true", messages });
			const again = await postBatch({ [spelling]: true, messages: messages.slice(0, 30) });

			expect(refused.status).toBe(400);
			expect(refused.body).toMatchObject({ error_code: "11", field: "messages[30].recipient" });
			expect(again.status).toBe(201);
		},
	);

	it("with fail-fast is refused for a client_message_id used before or twice in the batch (A26)", async () => {
		const used = aBody();
		await client.send(used);
		const [first, second] = [aBody(), aBody()];

		const usedBefore = await postBatch({ "fail-fast": true, messages: [first, used] });
		const usedTwice = await postBatch({ "fail-fast": true, messages: [first, second, first] });
		const sound = await postBatch({ "fail-fast": true, messages: [first, second] });

		expect(usedBefore.body).toMatchObject({ error_code: "23", field: "messages[1].client_message_id" });
		expect(usedTwice.body).toMatchObject({ error_code: "23", field: "messages[2].client_message_id" });
		expect(sound.status).toBe(201);
	});

	it("gets the same answer when it is posted again, and is sent once (A28)", async () => {
		const messages = bodies(5, { recipient: "77013456789" });

		const first = await postBatch({ messages });
		const second = await postBatch({ messages });
		for (const { message_id } of await read(first.body["batch_id"])) await client.untilReported(String(message_id));

		expect([first.status, second.status]).toEqual([201, 201]);
		expect(second.body).toEqual(first.body);
		expect(second.headers.get("location")).toBe(first.headers.get("location"));
		expect([first, second].map(({ headers }) => headers.get("idempotent-replayed"))).toEqual([null, "true"]);
		const sent = (await smscSubmits(localStack)).filter(({ recipient }) => recipient === "77013456789");
		expect(sent).toHaveLength(5);
	});

	it("with fail-fast that races another for the same messages: one is accepted and the other leaves nothing (R27)", async () => {
		const shared = bodies(60);
		const [one, other] = [bodies(20), bodies(20)];

		const batches = [
			{ "fail-fast": true, messages: [...one, ...shared] },
			{ "fail-fast": true, messages: [...shared, ...other] },
		];
		/* A batch that meets the other before its commit is asked to retry. */
		const answers = await Promise.all(
			batches.map(
				async (batch) =>
					await eventually(
						() => postBatch(batch),
						({ status }) => status !== 503,
					),
			),
		);
		const [winner, loser] = answers[0]?.status === 201 ? [one, other] : [other, one];
		const loserRetried = await postBatch({ "fail-fast": true, messages: loser });
		const winnerRetried = await postBatch({ "fail-fast": true, messages: winner });

		expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
		expect(loserRetried.status).toBe(201);
		expect(winnerRetried.body).toMatchObject({ error_code: "23" });
	});

	it("is read in pages, and a refused message with its own text and fields (A24, A52)", async () => {
		const expire_date = almatyText(Date.now() + 3_600_000);
		const refused = aBody({ flash: "maybe", priority: 2, time_bounds: "full", expire_date });
		const good = bodies(2);
		const posted = await postBatch({ messages: [...good, refused, aBody({ client_message_id: null })] });
		const path = `/batches/${posted.body["batch_id"]}`;

		const first = await client.request("GET", `${path}?limit=2`);
		const second = await client.request("GET", `${path}?limit=2&cursor=${first.headers.get("next-cursor")}`);
		const [maybe, unnamed] = second.body as unknown as readonly ClientMessage[];

		expect((first.body as unknown as readonly ClientMessage[]).map((one) => one["client_message_id"])).toEqual(
			good.map((one) => one["client_message_id"]),
		);
		expect(second.headers.get("next-cursor")).toBeNull();
		expect(maybe).toMatchObject({ priority: 2, time_bounds: "full", expire_date, flash: null, error_code: "255" });
		expect(maybe?.["error_message"]).toBe("flash must be true or false");
		expect(unnamed).toMatchObject({
			error_code: "12",
			error_message: expect.stringMatching(/^client_message_id is missing/),
		});
	});

	it.each([
		["no messages field", {}, "messages"],
		["an empty list", { messages: [] }, "messages"],
		["messages that are not a list", { messages: {} }, "messages"],
		["1,001 messages", { messages: Array.from({ length: 1_001 }, () => ({})) }, "messages"],
		["a fail-fast of 3", { messages: [aBody()], "fail-fast": 3 }, "fail-fast"],
	])("with %s is refused (A25)", async (_, batch, field) => {
		const posted = await postBatch(batch);

		expect(posted.status).toBe(400);
		expect(posted.body).toMatchObject({ error_message: expect.any(String), field });
	});

	it("of a thousand messages is answered and delivered whole", async () => {
		const posted = await postBatch({ messages: bodies(1_000) });

		const rows = await read(posted.body["batch_id"]);
		for (const { message_id } of rows) await client.untilReported(String(message_id));

		expect(posted.status).toBe(201);
		expect(new Set(rows.map(({ message_id }) => message_id)).size).toBe(1_000);
	});

	it("answers 403 to other accounts, and 404 if it never existed (A21)", async () => {
		const posted = await postBatch({ messages: bodies(1) });

		const foreign = await clientOf(localStack, "demo2").request("GET", `/batches/${posted.body["batch_id"]}`);
		const absent = await client.request("GET", "/batches/182532");

		expect([foreign.status, absent.status]).toEqual([403, 404]);
	});
});

describe("a batch of 200", () => {
	it("costs at most 30 calls to AWS, including the login and the account", async () => {
		const engineProxies = new Map<string, EngineProxy>();
		for (const service of ["dynamodb", "sqs", "scheduler"]) engineProxies.set(service, await openEngineProxy());
		const localStack = await openTestStack({
			endpoints: (process, service, url) =>
				(process === "lambdas" ? engineProxies.get(service)?.before(url) : undefined) ?? url,
		});
		const calls = () => [...engineProxies.values()].flatMap(({ operations }) => operations);
		try {
			/* Four operators and two priorities. No message ends before the calls are counted. */
			const messages = Array.from({ length: 200 }, (_, index) =>
				aBody({ recipient: `77${["05", "01", "08", "47"][index % 4]}0009700`, priority: (index >> 2) % 2 }),
			);

			const posted = await clientOf(localStack).request("POST", "/batches", JSON.stringify({ messages }));
			const made = calls();

			expect(posted.status).toBe(201);
			console.log(`${made.length} calls: ${[...new Set(made)].join(", ")}`);
			expect(made.length).toBeLessThanOrEqual(30);
		} finally {
			await localStack.stop();
			for (const engineProxy of engineProxies.values()) engineProxy.close();
		}
	});
});

describe("a client", () => {
	let client: Client;

	beforeAll(() => {
		client = clientOf(localStack, "Банк/1", "пароль: 1");
	});

	it.each(["k30dhs236857", "a/b", "/a//b/", "a b", "Счёт № 5", "100%", "a+b", "%2F", "a?b#c", "..", "ключ/1 "])(
		"finds a message by its client_message_id: %j (R12)",
		async (client_message_id) => {
			const id = `${randomUUID()}${client_message_id}`;
			const messageId = await client.send({ client_message_id: id, sender: "NIGHT" });

			const path = `/users/${encodeURIComponent("Банк/1")}/client_messages/${encodeURIComponent(id)}`;
			const found = await client.request("GET", path);
			const withSegments = await client.request("GET", `${path}?segments_info=true`);
			const foreign = await client.request("GET", `/users/demo/client_messages/${encodeURIComponent(id)}`);
			const absent = await client.request("GET", `${path}x`);

			expect(found.body).toMatchObject({ message_id: Number(messageId), client_message_id: id });
			expect(found.body).not.toHaveProperty("segments");
			expect(withSegments.body).toHaveProperty("segments");
			expect([foreign.status, absent.status]).toEqual([404, 404]);
		},
	);

	it("reads its senders, and their time bounds on request (R11, A46)", async () => {
		const names = await client.request("GET", "/senders");
		const details = await client.request("GET", "/senders?details=true");

		expect(names.body).toEqual(["BANK", "NIGHT"]);
		expect(details.body).toEqual([
			{
				sender: "BANK",
				time_bounds: ["def", "wd99", "wd911", "ad96", "ad99", "ad911", "full"],
				default_time_bounds: "def",
			},
			{ sender: "NIGHT", time_bounds: ["full"], default_time_bounds: "full" },
		]);
	});

	it("counts its own messages by day, in messages and segments, within some seconds (A52)", async () => {
		const total = async () => {
			const { body } = await client.request("GET", "/stats");
			const periods = body["periods"] as readonly Readonly<Record<string, { messages: number; segments: number }>>[];
			const sumOf = (name: string, of: "messages" | "segments") =>
				periods.reduce((sum, period) => sum + (period[name]?.[of] ?? 0), 0);
			return ["accepted", "submitted", "delivered"].map((name) => [sumOf(name, "messages"), sumOf(name, "segments")]);
		};
		const before = await total();
		const messageId = await client.send({ sender: "NIGHT", message_text: "я".repeat(71) });
		await client.until(messageId, ({ message_status }) => message_status === "DELIVERED");

		const isMore = (after: Awaited<ReturnType<typeof total>>) =>
			after.every(([, segments = 0], index) => segments >= (before[index]?.[1] ?? 0) + 2);
		const after = await eventually(total, isMore);
		const refused = await client.request("GET", "/stats?from=yesterday");

		expect(after.every(([messages = 0, segments = 0]) => messages > 0 && messages < segments)).toBe(true);
		expect(refused).toMatchObject({ status: 400, body: { field: "from", error_code: null } });
	});

	it("that replays duplicates gets the same 201 for the same request and 23 for a changed one (A28)", async () => {
		const fields = { client_message_id: randomUUID(), sender: "NIGHT" };

		const first = await client.post(fields);
		const second = await client.post(fields);
		const other = await client.post({ ...fields, message_text: "другой" });

		expect([first.status, second.status, other.status]).toEqual([201, 201, 400]);
		expect(second.body).toEqual(first.body);
		expect(second.headers.get("idempotent-replayed")).toBe("true");
		expect(other.body).toMatchObject({ error_code: "23" });
	});
});
