import type { Context } from "aws-lambda";
import { describe, expect, it } from "vitest";
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
