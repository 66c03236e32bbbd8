import type { Context } from "aws-lambda";
import { describe, expect, it, vi } from "vitest";
import { postBatchEndpoint } from "#lambdas/http/post-batch-endpoint.ts";
import { postMessageEndpoint } from "#lambdas/http/post-message-endpoint.ts";
import { batchBody } from "#shared/contracts/batch-body.ts";
import { messageBody } from "#shared/contracts/message-body.ts";
import { almatyText, instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { acceptBatch } from "#shared/usecases/accept/accept-batch.ts";
import { acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import { anAccount, mondayAtEleven } from "#test/fakes/builders.ts";
import { aGateway } from "#test/fakes/gateways.ts";
import { anHttpEvent, basic } from "#test/fakes/http-events.ts";
import { noLimits } from "#test/fakes/no-limits.ts";

const day = 24 * 3_600_000;
const example = { client_message_id: "1", sender: "SMSGW", recipient: "77010000000", message_text: "тест" };

function anEndpoint() {
	const account = anAccount({ duplicates: "replay" });
	const handle = postMessageEndpoint({
		gateway: aGateway(),
		admitRequest: async () => ({ kind: "known", account }),
		limits: noLimits,
		publicUrl: "https://x",
	});
	return async (fields: object) => {
		const body = JSON.stringify({ ...example, ...fields });
		const answer = await handle(anHttpEvent({ body, headers: { authorization: basic("demo:pass") } }), {} as Context);
		return { ...answer, body: JSON.parse(answer.body ?? "{}") };
	};
}

describe("the answer to a message", () => {
	it("has the expire_date that holds if the requested one was shortened, in a replay too (A10, A28)", async () => {
		const post = anEndpoint();
		const fields = { expire_date: almatyText(mondayAtEleven + 30 * day) };

		const first = await post(fields);
		const again = await post(fields);

		expect(first).toMatchObject({ statusCode: 201, body: { expire_date: almatyText(mondayAtEleven + 9 * day) } });
		expect(again).toMatchObject({ statusCode: 201, headers: { "idempotent-replayed": "true" }, body: first.body });
	});

	it.each([[{}], [{ expire_date: almatyText(mondayAtEleven + 9 * day) }]])(
		"has only the message's id if its expiry is as requested: %j (A10)",
		async (fields) => {
			expect(Object.keys((await anEndpoint()(fields)).body)).toEqual(["message_id"]);
		},
	);

	it("is a refusal if a repeated client_message_id comes with another expire_date (A28)", async () => {
		const post = anEndpoint();
		await post({});

		expect(await post({ expire_date: almatyText(mondayAtEleven + day) })).toMatchObject({
			statusCode: 400,
			body: { error_code: "23" },
		});
	});
});

describe("messages that come at once", () => {
	/** Its inserts wait until `store` is called. */
	function aSlowEndpoint() {
		const gateway = aGateway();
		const stored = Promise.withResolvers<void>();
		const order: string[] = [];
		const messages = {
			...gateway.messages,
			insert: async (rows: Parameters<typeof gateway.messages.insert>[0]) => {
				order.push(...rows.map(({ userName }) => userName));
				await stored.promise;
				return await gateway.messages.insert(rows);
			},
		};
		const post = postMessageEndpoint({
			gateway: { ...gateway, messages },
			admitRequest: async (userName) => ({ kind: "known", account: anAccount({ userName }) }),
			limits: noLimits,
			publicUrl: "https://x",
		});
		let lastId = 0;
		const postAs = async (userName: string) => {
			lastId += 1;
			const body = JSON.stringify({ ...example, client_message_id: lastId });
			return await post(anHttpEvent({ body, headers: { authorization: basic(`${userName}:pass`) } }), {} as Context);
		};
		return { postAs, order, store: stored.resolve };
	}

	it("are stored 64 at a time, and accounts take turns", async () => {
		const { postAs, order, store } = aSlowEndpoint();
		const greedy = Array.from({ length: 200 }, async () => await postAs("greedy"));
		const calm = postAs("calm");

		await vi.waitFor(() => expect(order).toHaveLength(64));
		store();
		const answers = await Promise.all([calm, ...greedy]);

		expect(order.indexOf("calm")).toBeLessThanOrEqual(65);
		expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(201).fill(201));
	});

	it("get 503 with Retry-After while a thousand wait, but not if most of them are another account's (A43)", async () => {
		const { postAs, store } = aSlowEndpoint();
		const greedy = Array.from({ length: 64 + 1_000 }, async () => await postAs("greedy"));

		const over = await postAs("greedy");
		const calm = postAs("calm");
		store();

		expect(over).toMatchObject({ statusCode: 503, headers: { "retry-after": "1" } });
		expect((await calm).statusCode).toBe(201);
		const statuses = (await Promise.all(greedy)).map(({ statusCode }) => statusCode);
		expect(statuses.filter((status) => status === 503)).toHaveLength(1);
	});
});

describe("a dry run", () => {
	const account = anAccount({ duplicates: "replay" });
	const spentLimits = { ...noLimits, takeMessages: async () => Promise.reject(new Error("a message was counted")) };

	/** Any write fails the request. */
	function aReadOnlyEndpoint(post: typeof postMessageEndpoint | typeof postBatchEndpoint, gateway = aGateway()) {
		const refused = async () => Promise.reject(new Error("something was stored"));
		const messages = { ...gateway.messages, insert: refused, change: refused, undoInsert: refused };
		const batches = { ...gateway.batches, put: refused, replace: refused };
		const handle = post({
			gateway: { ...gateway, messages, batches },
			admitRequest: async () => ({ kind: "known", account }),
			limits: spentLimits,
			publicUrl: "https://x",
		});
		return async (content: object, dry_run = "true") => {
			const event = anHttpEvent({ body: JSON.stringify(content), headers: { authorization: basic("demo:pass") } });
			const answer = await handle({ ...event, queryStringParameters: { dry_run } }, {} as Context);
			return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body ?? "{}") };
		};
	}

	it("tells what would become of a message, and stores, sends and counts nothing (A52)", async () => {
		const gateway = aGateway();
		const attempt = aReadOnlyEndpoint(postMessageEndpoint, gateway);

		const answer = await attempt({ ...example, message_text: "x".repeat(161), time_bounds: "full" });

		expect(answer).toMatchObject({ status: 200, body: { dry_run: true, segment_count: 2, rn_code: "02" } });
		expect(answer.body.send_time).toBe(almatyText(mondayAtEleven));
		expect([...gateway.messages.rows.values(), ...gateway.lanes.sent, ...gateway.slots.kept]).toEqual([]);
	});

	it.each([
		["10", { sender: "NOBODY" }, "sender"],
		["11", { recipient: "1" }, "recipient"],
		["10012", { schedule: "2026-11-23 12:01:00" }, "schedule"],
	])("refuses what the real request refuses, with code %s (A52)", async (error_code, fields, field) => {
		const attempt = aReadOnlyEndpoint(postMessageEndpoint);

		expect(await attempt({ ...example, ...fields })).toMatchObject({ status: 400, body: { error_code, field } });
	});

	it("knows a client_message_id that was used: the same request is replayed, and another one has code 23 (A28, A52)", async () => {
		const gateway = aGateway();
		const [accepted] = await acceptMessages(gateway, account, [messageBody.parse(example)]);
		const attempt = aReadOnlyEndpoint(postMessageEndpoint, gateway);
		const message_id = String(accepted?.kind === "accepted" && accepted.messageId);

		expect((await attempt(example)).body).toEqual({ dry_run: true, message_id });
		const other = await attempt({ ...example, message_text: "other" });
		expect(other).toMatchObject({ status: 400, body: { error_code: "23", message_id } });
		expect(other.headers).toMatchObject({ location: `https://x/messages/${message_id}` });
	});

	it.each(["", "tru", "2", "true,false"])("is not guessed from %j: 400, and nothing is sent (A52)", async (value) => {
		for (const post of [postMessageEndpoint, postBatchEndpoint] as const) {
			const attempt = aReadOnlyEndpoint(post);
			expect(await attempt({ messages: [example] }, value)).toMatchObject({ status: 400, body: { field: "dry_run" } });
		}
	});

	it("of a tolerant batch lists what would end at once (A24, A26, A52)", async () => {
		const gateway = aGateway();
		await acceptMessages(gateway, account, [messageBody.parse({ ...example, client_message_id: "used" })]);
		const attempt = aReadOnlyEndpoint(postBatchEndpoint, gateway);
		const of = (client_message_id: string, parts = {}) => ({ ...example, client_message_id, ...parts });
		const messages = [of("1"), of("2", { recipient: "1" }), of("1"), of("used"), {}];

		const { status, body } = await attempt({ messages });

		expect({ status, body }).toMatchObject({ status: 200, body: { accepted_count: 1, segment_count: 1 } });
		expect(
			body.refused.map(({ index, error_code }: { index: number; error_code: string }) => [index, error_code]),
		).toEqual([
			[1, "11"],
			[2, "23"],
			[3, "23"],
			[4, "12"],
		]);
	});

	it("of a fail-fast batch refuses the whole, and tells of one that was accepted before (R27, A52)", async () => {
		const gateway = aGateway();
		const real = { messages: [{ ...example, client_message_id: "used" }], "fail-fast": true };
		const accepted = await acceptBatch(gateway, account, batchBody.parse(real));
		const attempt = aReadOnlyEndpoint(postBatchEndpoint, gateway);

		const [bad, used, sound] = [
			await attempt({ messages: [example, { ...example, recipient: "1" }], "fail-fast": true }),
			await attempt({ messages: [example, ...real.messages], "fail-fast": true }),
			await attempt({ messages: [example], "fail-fast": true }),
		];

		expect(bad).toMatchObject({ status: 400, body: { error_code: "11", field: "messages[1].recipient" } });
		expect(used).toMatchObject({ status: 400, body: { error_code: "23", field: "messages[1].client_message_id" } });
		expect(sound).toMatchObject({ status: 200, body: { accepted_count: 1, refused: [] } });
		const batch_id = String(accepted.kind === "accepted" && accepted.batchId);
		expect((await attempt(real)).body).toEqual({ dry_run: true, batch_id });
	});

	it.each([true, false])(
		"of a batch lists messages that would expire at once, fail-fast: %s (A19, A52)",
		async (failFast) => {
			const late = { ...example, time_bounds: "def", expire_date: "2026-11-24 08:00:00" };
			const gateway = aGateway(instantFromAlmatyText("2026-11-23 19:00:00") ?? Number.NaN);
			const attempt = aReadOnlyEndpoint(postBatchEndpoint, gateway);
			const messages = [
				{ ...example, client_message_id: "sent" },
				{ ...late, client_message_id: "late" },
			];

			const { status, body } = await attempt({ messages, "fail-fast": failFast });

			expect({ status, body }).toMatchObject({ status: 200, body: { accepted_count: 1, segment_count: 1 } });
			expect(body.refused).toEqual([{ index: 1, error_code: "22", error_message: "Message expired", field: null }]);
		},
	);
});
