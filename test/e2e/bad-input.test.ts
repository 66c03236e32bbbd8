import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { aBody, type Client, clientOf, smscSubmits } from "./client.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";

describe("the API", () => {
	let localStack: SharedStack;
	let client: Client;

	beforeAll(async () => {
		localStack = await sharedStack();
		client = clientOf(localStack);
	});

	const without = (field: string) => {
		const { [field]: _, ...rest } = aBody();
		return rest;
	};

	it.each([
		["malformed JSON", '{"sender": ', null, null],
		["no body", "", null, null],
		["a body that is not an object", '"text"', null, null],
		["a list", "[]", null, null],
		["null", "null", null, null],
		["no client_message_id", JSON.stringify(without("client_message_id")), "12", "client_message_id"],
		[
			"a client_message_id of 65 characters",
			JSON.stringify(aBody({ client_message_id: "x".repeat(65) })),
			"12",
			"client_message_id",
		],
		["no recipient", JSON.stringify(without("recipient")), "11", "recipient"],
		["a bad number", JSON.stringify(aBody({ recipient: "12345" })), "11", "recipient"],
		["a foreign number", JSON.stringify(aBody({ recipient: "+4915112345678" })), "11", "recipient"],
		["an object as a number", JSON.stringify(aBody({ recipient: {} })), "11", "recipient"],
		["a number without an operator", JSON.stringify(aBody({ recipient: "77600000000" })), "34", "recipient"],
		["no sender", JSON.stringify(without("sender")), "10", "sender"],
		["no text", JSON.stringify(without("message_text")), "1", "message_text"],
		["an empty text", JSON.stringify(aBody({ message_text: "" })), "1", "message_text"],
		["a number as a text", JSON.stringify(aBody({ message_text: 5 })), "1", "message_text"],
		["a text of 1,501 characters", JSON.stringify(aBody({ message_text: "x".repeat(1501) })), "1", "message_text"],
		["impossible time_bounds", JSON.stringify(aBody({ time_bounds: "night" })), "25", "time_bounds"],
		["30 February", JSON.stringify(aBody({ expire_date: "2027-02-30 10:00:00" })), "98", "expire_date"],
		["an expire_date of yesterday", JSON.stringify(aBody({ expire_date: "2020-01-01 10:00:00" })), "98", "expire_date"],
		["a flash of 7", JSON.stringify(aBody({ flash: 7 })), null, "flash"],
	])("refuses %s with 400, its code and its field (R7, A8)", async (_, body, code, field) => {
		const answer = await client.request("POST", "/messages", body);

		expect(answer.status).toBe(400);
		expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
		expect(answer.body).toEqual({
			error_message: expect.stringMatching(/.../),
			error_code: code,
			field,
			request_id: expect.any(String),
		});
		expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*\.ts|node_modules/);
	});

	it("refuses a sender that the account does not own, with the API document's text (R17)", async () => {
		const answer = await client.post({ sender: "KCELL" });

		expect(answer.status).toBe(400);
		expect(answer.body["error_message"]).toBe("User can't use alias KCELL to send messages");
	});

	it("stores nothing of a request that it refuses", async () => {
		const client_message_id = randomUUID();
		const recipient = "77010004321";
		await client.post({ client_message_id, recipient, message_text: "" });

		const answer = await client.post({ client_message_id, recipient });
		await client.untilReported(String(answer.body["message_id"]));

		expect(answer.status).toBe(201);
		expect((await smscSubmits(localStack)).filter((submit) => submit.recipient === recipient)).toHaveLength(1);
	});

	it("refuses a used client_message_id with 23 and the id of the stored message (R14, A28)", async () => {
		const client_message_id = randomUUID();
		const first = await client.post({ client_message_id });

		const second = await client.post({ client_message_id, message_text: "another" });

		expect(second.status).toBe(400);
		expect(second.body).toMatchObject({ error_code: "23", message_id: first.body["message_id"] });
		expect(second.headers.get("location")).toBe(first.headers.get("location"));
	});

	it("stores one message for twenty identical requests at once", async () => {
		const fields = { client_message_id: randomUUID(), recipient: "77010004322" };

		const answers = await Promise.all(Array.from({ length: 20 }, async () => await client.post(fields)));
		await client.untilReported(String(answers[0]?.body["message_id"]));

		expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
		expect(new Set(answers.map(({ body }) => body["message_id"])).size).toBe(1);
		expect((await smscSubmits(localStack)).filter(({ recipient }) => recipient === fields.recipient)).toHaveLength(1);
	});

	it.each([
		["missing", undefined],
		["of a wrong password", `Basic ${Buffer.from("demo:wrong").toString("base64")}`],
		["of an unknown user", `Basic ${Buffer.from("unknown:demo").toString("base64")}`],
		["of another scheme", "Bearer abc"],
		["not Base64", "Basic ***"],
	])("answers 401 to credentials that are %s (R3, A43)", async (_, authorization) => {
		const answers = await Promise.all(
			[
				{ method: "POST", path: "/messages", body: JSON.stringify(aBody()) },
				{ method: "GET", path: "/messages/1" },
			].map(
				async ({ method, path, body }) =>
					await fetch(`${localStack.url}${path}`, {
						method,
						...(body && { body }),
						...(authorization && { headers: { authorization } }),
					}),
			),
		);

		for (const answer of answers) {
			expect(answer.status).toBe(401);
			expect(answer.headers.get("www-authenticate")).toMatch(/^Basic/);
			expect(await answer.json()).toMatchObject({ error_message: expect.any(String) });
		}
	});

	it("answers 403 for another user's message and 404 for an unknown message (R6, A21)", async () => {
		const messageId = await client.send();

		const foreign = await clientOf(localStack, "demo2").request("GET", `/messages/${messageId}`);
		const absent = await client.request("GET", "/messages/12313");
		const nonsense = await client.request("GET", "/messages/abc");

		expect([foreign.status, absent.status, nonsense.status]).toEqual([403, 404, 404]);
		for (const { body } of [foreign, absent, nonsense]) expect(body["error_message"]).toEqual(expect.any(String));
	});

	it("answers 404 for unknown paths and 405 with Allow for unknown methods (A43)", async () => {
		const unknown = await client.request("GET", "/nothing");
		const method = await client.request("PUT", "/messages", "{}");
		const onMessage = await client.request("PATCH", "/messages/5", "{}");

		expect(unknown.status).toBe(404);
		expect([method.status, method.headers.get("allow")]).toEqual([405, "POST, GET, HEAD"]);
		expect([onMessage.status, onMessage.headers.get("allow")]).toEqual([405, "GET, HEAD, DELETE"]);
		for (const { body } of [unknown, method, onMessage]) expect(body["error_message"]).toEqual(expect.any(String));
	});

	it("answers HEAD as GET, without the body", async () => {
		const messageId = await client.send();
		const headers = { authorization: `Basic ${Buffer.from("demo:demo").toString("base64")}` };
		const paths = [`/messages/${messageId}`, `/messages/${messageId}/`, "/senders", "/messages/12313"];

		const answers = await Promise.all(
			paths.map(async (path) => await fetch(`${localStack.url}${path}`, { method: "HEAD", headers })),
		);

		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404]);
		expect(answers[0]?.headers.get("content-type")).toBe("application/json; charset=utf-8");
	});

	it("accepts a body in the charset that its type names, and refuses one that is not valid in it (A45)", async () => {
		const id = randomUUID();
		const octets = Buffer.concat([
			Buffer.from(`{"client_message_id":"${id}","sender":"SMSGW","recipient":"77010000000","message_text":"`),
			Buffer.from([0xea, 0xee, 0xe4]),
			Buffer.from('"}'),
		]);
		const post = async (type: string) =>
			await fetch(`${localStack.url}/messages`, {
				method: "POST",
				headers: { "content-type": type, authorization: `Basic ${Buffer.from("demo:demo").toString("base64")}` },
				body: octets,
			});

		const refused = [await post("application/json"), await post("application/x-www-form-urlencoded")];
		const accepted = await post("application/json; charset=windows-1251");
		const read = await client.request("GET", `/users/demo/client_messages/${id}`);

		expect([...refused, accepted].map(({ status }) => status)).toEqual([400, 400, 201]);
		expect(read.body).toMatchObject({ message_text: "код" });
	});

	it("finds a message by a numeric client_message_id as it was written (A29)", async () => {
		const id = `${Date.now()}000000001.10`;
		const written = JSON.stringify(aBody({ client_message_id: "id" })).replace('"id"', id);

		const posted = await client.request("POST", "/messages", written);
		const read = await client.request("GET", `/users/demo/client_messages/${id}?segments_info=True`);

		expect(posted.status).toBe(201);
		expect(read.body).toMatchObject({ client_message_id: id, segments: expect.any(Array) });
	});

	it("accepts any content type, one trailing slash, unknown fields and numeric ids (A1, A29, A44)", async () => {
		const body = JSON.stringify(
			aBody({ client_message_id: Date.now(), recipient: 77010000000, priority: "2", campaign: "x" }),
		);

		const answer = await client.request("POST", "/messages/", body, { "content-type": "text/plain" });
		const read = await client.request("GET", `/messages/${answer.body["message_id"]}/`);

		expect(answer.status).toBe(201);
		expect(read.body).toMatchObject({ priority: 2, recipient: "77010000000" });
	});
});
