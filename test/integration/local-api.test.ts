import { connect } from "node:net";
import { text } from "node:stream/consumers";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type LocalApi, openApi } from "#local/lambdas/open-api.ts";
import { type OpenFunction, openFunction } from "#local/lambdas/open-function.ts";
import type { Instruction } from "#test/fixtures/local-stack/follow-instruction.ts";
import { stubEntries } from "#test/fixtures/local-stack/stub-entries.ts";

const routes = [
	{ key: "POST /rest/messages", functionName: "post-message" },
	{ key: "POST /rest/messages/", functionName: "post-message" },
	{ key: "GET /rest/messages/{message_id}", functionName: "post-message" },
	{ key: "GET /rest/users/{user}/files/{file+}", functionName: "post-message" },
	{ key: "$default", functionName: "unknown-route" },
];

const functions = new Map<string, OpenFunction>();
let api: LocalApi;
let url: string;

type FunctionOptions = { readonly timeoutSeconds?: number; readonly idleMs?: number };

const aFunction = (name: string, { timeoutSeconds = 20, idleMs }: FunctionOptions = {}) => {
	const entry = `${stubEntries.handlers}/${name}.ts`;
	return openFunction({ name, arn: name, entry, timeoutSeconds, memoryMb: 128, env: {}, role: "none" }, {}, idleMs);
};

beforeAll(async () => {
	for (const name of ["post-message", "unknown-route"]) functions.set(name, aFunction(name));
	api = await openApi({ port: 0 });
	api.serve(routes, async (name, payload) => (await functions.get(name)?.invoke(payload)) ?? expect.fail(name));
	url = `http://127.0.0.1:${api.port}/rest`;
});

afterAll(async () => {
	await api.close();
	for (const one of functions.values()) await one.close();
});

type StubAnswer = { readonly event: APIGatewayProxyEventV2; readonly functionName: string; readonly calls: number };

async function request(path: string, init: RequestInit = {}): Promise<StubAnswer> {
	return (await (await fetch(`${url}${path}`, init)).json()) as StubAnswer;
}

const withInstruction = (instruction: Instruction): RequestInit => ({
	method: "POST",
	body: JSON.stringify(instruction),
	headers: { "content-type": "application/json" },
});

describe("an API event", () => {
	it("has the shape of payload format 2.0", async () => {
		const { event } = await request("/messages?b=2&a=1&b=3%20x", {
			method: "POST",
			body: '{"x":"ы"}',
			headers: { "Content-Type": "application/json", "X-Two": "a, b", cookie: "one=1; two=2" },
		});

		expect(event).toMatchObject({
			version: "2.0",
			routeKey: "POST /rest/messages",
			rawPath: "/rest/messages",
			rawQueryString: "b=2&a=1&b=3%20x",
			cookies: ["one=1", "two=2"],
			headers: { "content-type": "application/json", "x-two": "a, b", "content-length": "10" },
			queryStringParameters: { a: "1", b: "2,3 x" },
			requestContext: {
				accountId: "000000000000",
				http: { method: "POST", path: "/rest/messages", protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
				routeKey: "POST /rest/messages",
				stage: "$default",
				time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
				timeEpoch: expect.any(Number),
				requestId: expect.any(String),
			},
			body: '{"x":"ы"}',
			isBase64Encoded: false,
		});
		expect(event.headers).not.toHaveProperty("cookie");
		expect(event).not.toHaveProperty("pathParameters");
	});

	it.each([
		["application/json; charset=utf-8", false],
		["text/plain", false],
		['text/plain; charset="UTF-8"', false],
		["application/json; charset=windows-1251", true],
		["text/plain; charset=iso-8859-1", true],
		["application/x-www-form-urlencoded", true],
		["application/octet-stream", true],
		["", true],
	])("with a body of type %j is base64-encoded: %s", async (type, base64) => {
		const body = new TextEncoder().encode("тест");
		const { event } = await request("/messages", {
			method: "POST",
			body,
			headers: type ? { "content-type": type } : {},
		});

		expect(event.isBase64Encoded).toBe(base64);
		expect(Buffer.from(event.body ?? "", base64 ? "base64" : "utf8").toString()).toBe("тест");
	});

	it("has no body and no query if the request has none", async () => {
		const { event } = await request("/messages/1");

		expect(event).not.toHaveProperty("body");
		expect(event).toMatchObject({ rawQueryString: "", isBase64Encoded: false });
		expect(event).not.toHaveProperty("queryStringParameters");
	});

	it.each([
		["/messages/a%20b%2Fc", "GET /rest/messages/{message_id}", { message_id: "a b/c" }, "/rest/messages/a b/c"],
		["/messages/100%25", "GET /rest/messages/{message_id}", { message_id: "100%" }, "/rest/messages/100%"],
		["/messages/%zz", "GET /rest/messages/{message_id}", { message_id: "%zz" }, "/rest/messages/%zz"],
		[
			"/users/u/files/a/b.txt",
			"GET /rest/users/{user}/files/{file+}",
			{ user: "u", file: "a/b.txt" },
			"/rest/users/u/files/a/b.txt",
		],
	])("of %s has its parameters decoded", async (path, routeKey, pathParameters, rawPath) => {
		expect((await request(path)).event).toMatchObject({ routeKey, pathParameters, rawPath });
	});

	it.each([
		["POST", "/messages/", "POST /rest/messages/"],
		["POST", "/messages//", "$default"],
		["GET", "/messages/1/", "$default"],
		["GET", "/messages/", "$default"],
		["DELETE", "/messages", "$default"],
		["GET", "/", "$default"],
	])("of %s %s goes to %s: a trailing slash makes another path", async (method, path, routeKey) => {
		expect((await request(path, { method })).event.routeKey).toBe(routeKey);
	});
});

describe("a function's result", () => {
	it("is sent with its status, headers and cookies", async () => {
		const answer = { statusCode: 201, headers: { Location: "/1", "X-Count": 2 }, cookies: ["a=1", "b=2"], body: "ok" };

		const response = await fetch(`${url}/messages`, withInstruction({ answer }));

		expect(response.status).toBe(201);
		expect(Object.fromEntries(response.headers)).toMatchObject({ location: "/1", "x-count": "2" });
		expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
		expect(await response.text()).toBe("ok");
	});

	it("reaches a client that ends its half of the connection after the request", async () => {
		const socket = connect({ port: api.port, host: "127.0.0.1", allowHalfOpen: true });
		socket.end("GET /rest/messages/1 HTTP/1.1\r\nhost: x\r\n\r\n");

		expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
		socket.destroy();
	});

	it("is decoded if it is base64", async () => {
		const answer = { statusCode: 200, body: Buffer.from([0, 255]).toString("base64"), isBase64Encoded: true };

		const response = await fetch(`${url}/messages`, withInstruction({ answer }));

		expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
	});

	it("is the body of a 200 if it has no status", async () => {
		const response = await fetch(`${url}/messages`, withInstruction({ answer: { plain: true } }));

		expect(response.status).toBe(200);
		expect(await response.json()).toEqual({ plain: true });
	});

	it.each([{ statusCode: "abc" }, { statusCode: 200, body: { not: "text" } }])(
		"is a 500 if it is %j",
		async (answer) => {
			expect((await fetch(`${url}/messages`, withInstruction({ answer }))).status).toBe(500);
		},
	);
});

describe("a function", () => {
	it("that throws is answered with a 500 without details, and still serves", async () => {
		const response = await fetch(`${url}/messages`, withInstruction({ failure: "throw" }));

		expect(response.status).toBe(500);
		expect(await response.text()).toBe('{"message":"Internal Server Error"}');
		expect((await request("/messages/1")).functionName).toBe("post-message");
	});

	it("keeps its module between calls, and has its own environment", async () => {
		const first = await request("/messages/1");
		const second = await request("/messages/1");
		const other = await request("/nowhere");

		expect(second.calls).toBe(first.calls + 1);
		expect([first.functionName, other.functionName]).toEqual(["post-message", "unknown-route"]);
	});

	it("whose thread dies answers 500, and the next call gets a new thread", async () => {
		const response = await fetch(`${url}/messages`, withInstruction({ failure: "exit" }));

		expect(response.status).toBe(500);
		expect((await request("/messages/1")).calls).toBe(1);
	});

	it("fails if it exceeds its time limit", async () => {
		const slow = aFunction("unknown-route", { timeoutSeconds: 0.05 });

		const outcome = await slow.invoke(JSON.stringify({ body: '{"failure":"never"}', isBase64Encoded: false }));

		expect(outcome).toMatchObject({ kind: "failed", errorMessage: "Task timed out after 0.05 s" });
		await slow.close();
	});
});

describe("the API Gateway of the local stack", () => {
	it.each(["", "connection: upgrade\r\nupgrade: websocket\r\n"])(
		"closes a connection that ends before its request does: %j",
		async (headers) => {
			const socket = connect({ port: api.port, host: "127.0.0.1", allowHalfOpen: true });
			socket.end(`POST /rest/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n${headers}\r\n{`);

			expect(await text(socket)).toMatch(/^(?:HTTP\/1\.1 400 |$)/);
			socket.destroy();
		},
	);

	it("refuses a body of more than 10 MB", async () => {
		const response = await fetch(`${url}/messages`, { method: "POST", body: "x".repeat(10 * 1_024 * 1_024 + 1) });

		expect(response.status).toBe(413);
		expect(await response.text()).toBe('{"message":"Request Entity Too Large"}');
	});

	it("refuses an event of more than Lambda's 6 MB, base64 included", async () => {
		expect((await fetch(`${url}/messages`, { method: "POST", body: new Uint8Array(5 * 1_024 * 1_024) })).status).toBe(
			413,
		);
	});

	it("answers 503 if a function does not answer in time", async () => {
		const impatient = await openApi({ port: 0, integrationTimeoutMs: 50 });
		impatient.serve(routes, () => new Promise(() => undefined));

		const response = await fetch(`http://127.0.0.1:${impatient.port}/rest/messages`, { method: "POST" });

		expect(response.status).toBe(503);
		expect(await response.text()).toBe('{"message":"Service Unavailable"}');
		await impatient.close();
	});
});

describe("the thread of a function", () => {
	const calls = async (one: OpenFunction): Promise<number> => {
		const outcome = await one.invoke("{}");
		if (outcome.kind === "failed") throw new Error(outcome.errorMessage);
		return JSON.parse(JSON.parse(outcome.payload).body).calls;
	};

	it("starts with a call, ends after a time without calls, and starts again", async () => {
		const one = aFunction("post-message", { idleMs: 100 });
		onTestFinished(async () => await one.close());
		expect([await calls(one), await calls(one)]).toEqual([1, 2]);

		await vi.waitFor(async () => expect(await calls(one)).toBe(1), { timeout: 20_000, interval: 500 });
	});

	it("fails the calls of a handler that cannot be loaded, and names it", async () => {
		const broken = aFunction("absent");
		onTestFinished(async () => await broken.close());

		expect(await broken.invoke("{}")).toEqual({
			kind: "failed",
			errorType: "Runtime.ImportModuleError",
			errorMessage: expect.stringMatching(/handlers\/absent\.ts could not be loaded/),
		});
	});
});
