import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { basicCredentials } from "#lambdas/http/basic-credentials.ts";
import { authenticatedAccount, httpHandler } from "#lambdas/http/http-handler.ts";
import { pathId } from "#lambdas/http/path-id.ts";
import { requestBody } from "#lambdas/http/request-body.ts";
import {
	created,
	type HttpResponse,
	methodNotAllowed,
	notFound,
	ok,
	refusedResponse,
	unavailable,
} from "#lambdas/http/responses.ts";
import { messageBody } from "#shared/contracts/message-body.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { Authenticator } from "#shared/usecases/accounts/authenticate.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { anHttpEvent } from "#test/fakes/http-events.ts";

const context = {} as Context;
const answerTo = async (answer: (event: APIGatewayProxyEventV2) => Promise<HttpResponse>, parts = {}) =>
	await httpHandler(answer)(anHttpEvent(parts), context);
const throwing = (error: unknown) => async () => {
	throw error;
};
const bodyIn = ({ body = "" }: HttpResponse) => JSON.parse(body);
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("an answer", () => {
	it("is JSON in UTF-8 (R2)", () => {
		expect(ok({ name: "тест" })).toEqual({
			statusCode: 200,
			headers: { "content-type": "application/json; charset=utf-8" },
			body: '{"name":"тест"}',
		});
	});

	it("to a creation has its Location (R7)", () => {
		expect(created("https://x/messages/1", { message_id: "1" })).toMatchObject({
			statusCode: 201,
			headers: { location: "https://x/messages/1" },
			body: '{"message_id":"1"}',
		});
	});

	it("to a refusal has its code, field and request id beside the document's message (R7, A8)", () => {
		const answer = refusedResponse(new Refusal("10012", { field: "schedule" }), "request-1");

		expect(answer.statusCode).toBe(400);
		expect(bodyIn(answer)).toEqual({
			error_message: "Schedule must be on a 15-minute step.",
			error_code: "10012",
			field: "schedule",
			request_id: "request-1",
		});
	});

	it("to a duplicate has the stored message's id and Location (A28)", () => {
		const answer = refusedResponse(new Refusal("23"), "r", { message_id: "7", location: "https://x/messages/7" });

		expect(answer).toMatchObject({ statusCode: 400, headers: { location: "https://x/messages/7" } });
		expect(bodyIn(answer)).toMatchObject({ message_id: "7", error_code: "23" });
	});
});

describe("the HTTP handler", () => {
	it("returns the answer of its function", async () => {
		expect(await answerTo(async () => ok({ a: 1 }))).toEqual(ok({ a: 1 }));
	});

	it.each([
		[notFound("nothing here"), 404, {}],
		[methodNotAllowed("PUT", ["GET", "POST"]), 405, { allow: "GET, POST" }],
		[unavailable(), 503, { "retry-after": "1" }],
	] as const)("answers %s with %i and its headers, in JSON (A43)", async (problem, statusCode, headers) => {
		const answer = await answerTo(throwing(problem));

		expect(answer).toMatchObject({ statusCode, headers });
		expect(bodyIn(answer)).toEqual({
			error_message: problem.message,
			error_code: null,
			field: null,
			request_id: "request-1",
		});
	});

	it("answers a refusal with 400", async () => {
		expect(await answerTo(throwing(new Refusal("25", { field: "time_bounds" })))).toMatchObject({ statusCode: 400 });
	});

	it.each([
		new Error("password hunter2 of table Secrets"),
		new TypeError("hunter2 is not a function"),
		Object.assign(new TypeError('The "data" argument hunter2'), { code: "ERR_INVALID_ARG_TYPE" }),
		"hunter2",
		undefined,
		null,
	])("answers a fault with 500, and reveals nothing of it: %s (A43)", async (fault) => {
		const answer = await answerTo(throwing(fault));

		expect(answer.statusCode).toBe(500);
		expect(bodyIn(answer)).toEqual({
			error_message: "Internal error",
			error_code: null,
			field: null,
			request_id: "request-1",
		});
		expect(JSON.stringify(answer)).not.toMatch(/hunter2|stack|at /);
	});

	it("answers a fault of a schema with 500: stored data is not the client's mistake", async () => {
		expect(await answerTo(async () => ok(z.string().parse(1)))).toMatchObject({ statusCode: 500 });
	});

	it.each([
		Object.assign(new Error("hunter2"), { name: "ProvisionedThroughputExceededException", $fault: "client" }),
		Object.assign(new Error("hunter2"), { name: "InternalServerError", $fault: "server" }),
		Object.assign(new Error("hunter2"), { name: "TimeoutError" }),
		Object.assign(new Error("hunter2"), { code: "ECONNREFUSED" }),
		Object.assign(new Error("hunter2"), { code: "EAI_AGAIN" }),
	])("answers a failure of AWS with 503 and Retry-After: %s (A43)", async (error) => {
		const answer = await answerTo(throwing(error));

		expect(answer).toMatchObject({ statusCode: 503, headers: { "retry-after": "1" } });
		expect(JSON.stringify(answer)).not.toContain("hunter2");
	});
});

describe("the body of a request", () => {
	const schema = z.object({ a: z.string() });

	it.each(["application/json", "text/plain", "application/x-www-form-urlencoded", undefined])(
		"is read as JSON with any content type: %s (A44)",
		(type) => {
			const headers = type === undefined ? {} : { "content-type": type };

			expect(requestBody(anHttpEvent({ body: '{"a":"тест"}', headers }), schema)).toEqual({ a: "тест" });
		},
	);

	it("may be in base64", () => {
		const body = Buffer.from('{"a":"тест"}').toString("base64");

		expect(requestBody(anHttpEvent({ body, isBase64Encoded: true }), schema)).toEqual({ a: "тест" });
	});

	it.each(["{", "", "a=1", '{"a":"b"', "\u0000", "<xml/>"])("that is not JSON is refused: %j (R7)", async (body) => {
		const answer = await answerTo(async (event) => ok(requestBody(event, schema)), { body });

		expect(answer.statusCode).toBe(400);
		expect(bodyIn(answer).error_message).toMatch(/^The request body is not valid JSON/);
	});

	it("that is missing is refused", async () => {
		expect(await answerTo(async (event) => ok(requestBody(event, schema)))).toMatchObject({ statusCode: 400 });
	});

	it("in invalid base64 is refused", async () => {
		const parts = { body: "\u00ff%%%", isBase64Encoded: true };

		expect(await answerTo(async (event) => ok(requestBody(event, schema)), parts)).toMatchObject({ statusCode: 400 });
	});

	it("that is malformed is refused with its field and code", async () => {
		const body = '{"client_message_id":"1","sender":"S","recipient":"1","message_text":"t"}';

		const answer = await answerTo(async (event) => ok(requestBody(event, messageBody)), { body });

		expect(answer.statusCode).toBe(400);
		expect(bodyIn(answer)).toMatchObject({ error_code: "11", field: "recipient", request_id: "request-1" });
	});
});

describe("the account of a request", () => {
	const account = anAccount({ userName: "demo" });
	const authenticator: Authenticator = async (userName, password) =>
		userName === "demo" && password === "pass" ? { kind: "known", account } : { kind: "unknown" };

	it("is the one with the request's name and password (R3)", async () => {
		const event = anHttpEvent({ headers: { authorization: basic("demo:pass") } });

		expect(await authenticatedAccount(event, authenticator)).toEqual(account);
	});

	it.each([undefined, "", "Bearer x", "Basic", "Basic %%%", basic("demo"), basic("demo:wrong"), basic(":pass")])(
		"is missing with %j: 401 with WWW-Authenticate (A43)",
		async (authorization) => {
			const headers = authorization === undefined ? {} : { authorization };

			const answer = await answerTo(async (event) => ok(await authenticatedAccount(event, authenticator)), { headers });

			expect(answer.statusCode).toBe(401);
			expect(answer.headers?.["www-authenticate"]).toMatch(/^Basic /);
			expect(bodyIn(answer).error_message).not.toBe("");
		},
	);
});

describe("a Basic login", () => {
	it.each([
		[basic("demo:pass"), { userName: "demo", password: "pass" }],
		[basic("demo:a:b:"), { userName: "demo", password: "a:b:" }],
		[basic("демо:пароль"), { userName: "демо", password: "пароль" }],
		[basic("demo:"), { userName: "demo", password: "" }],
		[basic("demo:pass").replace("Basic", "bAsIc  "), { userName: "demo", password: "pass" }],
		[`${basic("demo:pass")} `, { userName: "demo", password: "pass" }],
	])("is read from %j", (header, login) => {
		expect(basicCredentials(header)).toEqual(login);
	});

	it.each([
		undefined,
		"",
		"Basic ",
		"Basic",
		"Digest abc",
		"Basic a b",
		"BasicZGVtbzpwYXNz",
		basic("nocolon"),
		basic(":"),
	])("is missing in %j", (header) => {
		expect(basicCredentials(header)).toBeNull();
	});

	it("is read quickly from a header made to be slow", () => {
		expect(basicCredentials(`Basic ${" ".repeat(50_000)}!`)).toBeNull();
		expect(basicCredentials(`Basic ${"a".repeat(50_000)}!`)).toBeNull();
	});
});

describe("an id in a path", () => {
	it("is a whole number below 2^53 (A2)", () => {
		expect(["1", "12313", "9007199254740991"].map((text) => pathId(text, "message"))).toEqual([1, 12_313, 2 ** 53 - 1]);
	});

	it.each([undefined, "", "0", "-1", "01", "1.0", "1e3", "abc", "0x10", "9007199254740992", "99999999999999999", " 1"])(
		"that is no valid id is not found: %j (A21)",
		(text) => {
			expect(() => pathId(text, "message")).toThrow(expect.objectContaining({ statusCode: 404 }));
		},
	);
});
