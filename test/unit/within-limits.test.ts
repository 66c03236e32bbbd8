import type { Context } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { postBatchEndpoint } from "#lambdas/http/post-batch-endpoint.ts";
import { postMessageEndpoint } from "#lambdas/http/post-message-endpoint.ts";
import type { Account, HourlyLimits } from "#shared/domain/accounts/account.ts";
import { accountLimits } from "#shared/usecases/limits/limit-account.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { anHttpEvent, basic } from "#test/fakes/http-events.ts";
import { memoryQuotas } from "#test/fakes/memory-stores.ts";

type Limits = Partial<HourlyLimits & { readonly perDay: number }>;

const example = { client_message_id: "1", sender: "SMSGW", recipient: "77010000000", message_text: "тест" };

/** The handlers of POST /messages and POST /batches, for an account with these limits. */
function aClient({ perDay, ...hourly }: Limits, duplicates: Account["duplicates"] = "replay") {
	const gateway = aGateway();
	const quotas = memoryQuotas();
	const account = anAccount({
		duplicates,
		limits: { requestsPerSecond: null, messagesPerDay: perDay ?? null },
		hourlyLimits: { messages: null, perRecipient: null, perNumberBlock: null, ...hourly },
	});
	const deps = {
		gateway,
		admitRequest: async () => ({ kind: "known" as const, account }),
		limits: accountLimits({ quotas, now: gateway.now }),
		publicUrl: "https://x",
	};
	const [messages, batches] = [postMessageEndpoint(deps), postBatchEndpoint(deps)];
	const answerOf = async (handle: typeof messages, body: object) => {
		const event = anHttpEvent({ body: JSON.stringify(body), headers: { authorization: basic("demo:pass") } });
		const { statusCode, headers, body: text } = await handle(event, {} as Context);
		return { statusCode, headers, body: JSON.parse(text ?? "{}") };
	};
	const post = async (fields: object = {}) => await answerOf(messages, { ...example, ...fields });
	const postBatch = async (items: readonly object[], failFast = false) =>
		await answerOf(batches, {
			"fail-fast": failFast,
			messages: items.map((fields) => ({ ...example, ...fields })),
		});
	const rows = () =>
		[...gateway.messages.rows.values()]
			.map(({ clientMessageId, status, errorCode }) => [clientMessageId, status, errorCode])
			.sort((one, other) => String(one).localeCompare(String(other)));
	const counted = () => [...quotas.used.values()];
	return { gateway, quotas, post, postBatch, rows, counted };
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => ({ client_message_id: `c${index}` }));

const sameNumber = { perRecipient: 1 };
const everyLimit: readonly (readonly [string, Limits])[] = [
	["its recipient's", sameNumber],
	["its block's", { perNumberBlock: 1 }],
	["the hour's", { messages: 1 }],
	["the day's", { perDay: 1 }],
];

describe("a batch with more messages to one number than an hour allows", () => {
	it("is accepted, and the messages over the limit are reported with code 88 (R28, R39)", async () => {
		const { postBatch, rows } = aClient({ perRecipient: 2 });

		const answer = await postBatch(ids(4));

		expect(answer.statusCode).toBe(201);
		expect(rows()).toEqual([
			["c0", "NEW", null],
			["c1", "NEW", null],
			["c2", "UNDELIVERABLE", "88"],
			["c3", "UNDELIVERABLE", "88"],
		]);
	});

	it("is refused as a whole if it is fail-fast, and counts for nothing (R27)", async () => {
		const { postBatch, rows, counted } = aClient({ perRecipient: 2 });

		const answer = await postBatch(ids(4), true);

		expect(answer).toMatchObject({ statusCode: 429, headers: { "retry-after": expect.any(String) } });
		expect(answer.body).toMatchObject({ error_code: "88", field: null });
		expect([rows(), counted()]).toEqual([[], [0]]);
	});

	it("is refused as a whole over the account's limit, and stores nothing (A43)", async () => {
		const { postBatch, post, rows } = aClient({ perDay: 3 });

		expect((await postBatch(ids(4))).statusCode).toBe(429);
		expect(rows()).toEqual([]);
		expect((await post()).statusCode).toBe(201);
	});
});

describe("a retry of a request that reached a limit", () => {
	it.each(everyLimit)("gets the same 201 for a message over %s limit (A28)", async (_, limits) => {
		const { post, rows } = aClient(limits);

		const first = await post();
		const again = await post();

		expect(again).toMatchObject({ statusCode: 201, headers: { "idempotent-replayed": "true" }, body: first.body });
		expect((await post({ client_message_id: "2" })).statusCode).toBe(429);
		expect(rows()).toEqual([["1", "NEW", null]]);
	});

	it.each(everyLimit)("gets code 23 for a message over %s limit, as the account is set (A28)", async (_, limits) => {
		const { post } = aClient(limits, "refuse");

		const { body } = await post();

		expect(await post()).toMatchObject({ statusCode: 400, body: { error_code: "23", message_id: body.message_id } });
	});

	it.each(everyLimit.flatMap(([name, limits]) => [true, false].map((failFast) => [name, failFast, limits] as const)))(
		"gets the same 201 for a batch over %s limit (fail-fast: %s, A28)",
		async (_, failFast, limits) => {
			const { postBatch, rows } = aClient(limits);

			const first = await postBatch([{}], failFast);
			const again = await postBatch([{}], failFast);

			expect(again).toMatchObject({ statusCode: 201, headers: { "idempotent-replayed": "true" }, body: first.body });
			expect(rows()).toEqual([["1", "NEW", null]]);
		},
	);

	it.each(everyLimit)(
		"finds the messages of a process that died before its commit, over %s limit (A24, A28)",
		async (_, limits) => {
			const { gateway, postBatch, rows } = aClient(limits);
			const { put } = gateway.batches;
			gateway.batches.put = async () => await new Promise<never>(() => undefined);
			void postBatch([{}]);
			await expect.poll(() => gateway.messages.rows.size).toBe(1);
			gateway.batches.put = put;

			expect((await postBatch([{}])).statusCode).toBe(201);
			expect(rows()).toEqual([["1", "NEW", null]]);
		},
	);

	it("counts no message again that another request had accepted (A26)", async () => {
		const { post, postBatch, rows } = aClient({ perRecipient: 2 });
		await post();

		await postBatch([{}, { client_message_id: "2" }]);

		expect(rows()).toEqual([
			["1", "NEW", null],
			["1", "UNDELIVERABLE", "23"],
			["2", "NEW", null],
		]);
	});
});

describe("messages that were not accepted", () => {
	it.each<[string, Limits, readonly object[]]>([
		["have a bad recipient", { perDay: 2 }, [{ recipient: "1" }, { recipient: "2", client_message_id: "2" }]],
		["have a bad sender", sameNumber, [{ sender: "NOPE" }]],
		["have a bad sender and are of one block", { perNumberBlock: 1 }, [{ sender: "NOPE" }]],
	])("count for no limit if they %s", async (_, limits, items) => {
		const { post, postBatch } = aClient(limits);

		await postBatch(items);

		expect((await post({ client_message_id: "later" })).statusCode).toBe(201);
	});

	it("leave the limit to the valid messages of their batch", async () => {
		const { postBatch, rows } = aClient({ perRecipient: 2, perDay: 2 });

		await postBatch([{}, {}, { client_message_id: "2" }, { client_message_id: "3", sender: "NOPE" }]);

		expect(rows()).toEqual([
			["1", "NEW", null],
			["1", "UNDELIVERABLE", "23"],
			["2", "NEW", null],
			["3", "UNDELIVERABLE", "10"],
		]);
	});

	it.each(["duplicate", "not stored"])("count for no limit if they are: %s", async (kind) => {
		const { gateway, post, counted } = aClient({ perRecipient: 3 });
		if (kind === "duplicate") await post();
		else gateway.messages.insert = async () => await Promise.reject(new Error("no table"));

		await post();

		expect(counted()).toEqual([kind === "duplicate" ? 1 : 0]);
	});

	it("count for no limit if the accepted ones cannot be looked up", async () => {
		const { gateway, postBatch, counted } = aClient({ perRecipient: 2, perNumberBlock: 100 });
		gateway.messages.read = async () => await Promise.reject(new Error("no table"));

		expect((await postBatch(ids(3))).statusCode).toBe(500);
		expect(counted()).toEqual([0, 0]);
	});
});

describe("a message within its limits", () => {
	it("costs a call to each counter of its recipient, and no other", async () => {
		const [unlimited, limited] = [aClient({}), aClient(sameNumber)];
		const reads: unknown[] = [];
		limited.gateway.messages.read = async (messageIds) => {
			reads.push(messageIds);
			return new Map();
		};

		await Promise.all([unlimited, limited].map(async ({ post }) => await post()));

		expect([unlimited.quotas.calls, limited.quotas.calls, reads.length]).toEqual([0, 1, 0]);
	});
});

describe("a fail-fast batch that was committed and not queued", () => {
	it("counts, for its retry only queues it (R27, A28)", async () => {
		const { gateway, post, postBatch } = aClient(sameNumber);
		const { send } = gateway.lanes;
		gateway.lanes.send = async () => await Promise.reject(new Error("no queue"));
		await postBatch([{}], true);
		gateway.lanes.send = send;

		expect((await postBatch([{}], true)).statusCode).toBe(201);
		expect((await post({ client_message_id: "2" })).statusCode).toBe(429);
	});
});
