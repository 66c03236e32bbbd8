import type { Context } from "aws-lambda";
import { describe, expect, it, vi } from "vitest";
import { postMessageEndpoint } from "#lambdas/http/post-message-endpoint.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
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
