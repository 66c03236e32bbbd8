import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from "node:http";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { messageOf } from "#shared/aws/dynamo/message-columns.ts";
import { hostileAuthorization, hostileBody } from "#test/fakes/hostile-input.ts";
import { sizeOf } from "#test/size-of.ts";
import { aBody, clientOf, withConnections } from "./client.ts";
import { openTestStack } from "./local-stack.ts";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const loginOf = (user: string) => ({ authorization: basic(`${user}:${user}`) });
const demo = loginOf("demo");
const linux = process.platform === "linux" ? it : it.skip;

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };
type Asked = RequestOptions & { readonly path: string; readonly body?: string | Buffer };

/** Sends what `fetch` cannot: any method, path, header and source address of this machine. */
function ask(localStack: LocalStack, { path, body, ...options }: Asked): Promise<Answer> {
	const { hostname, port } = new URL(localStack.url);
	return new Promise((resolve, reject) => {
		const asked = httpRequest({ hostname, port, path, ...options }, (response) => {
			const chunks: Buffer[] = [];
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("end", () => {
				const text = Buffer.concat(chunks).toString();
				resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
			});
		});
		asked.on("error", reject);
		asked.end(body);
	});
}

/** The largest body that the gateway accepts (A25). */
const ownLimit = 4 * 1024 * 1024;

/** Expects an error of the gateway's own to have its documented form (A8, A43). */
function expectOurs(answer: Answer, asked: string): void {
	const about = `${answer.status} to ${asked.slice(0, 300)}`;
	expect(answer.status, about).toBeGreaterThanOrEqual(200);
	expect(answer.status, about).toBeLessThan(500);
	if (answer.status < 400) return;
	/* The API refuses an event that is too large, escapes and base64 included, with its own text (A43). */
	if (answer.status === 413 && Buffer.byteLength(JSON.stringify(asked)) > ownLimit) return;
	expect(answer.headers["content-type"], about).toBe("application/json; charset=utf-8");
	expect(JSON.parse(answer.text), about).toEqual(
		expect.objectContaining({ error_message: expect.stringMatching(/.../), request_id: expect.any(String) }),
	);
}

/** The number of the account's messages; throws if a row is incomplete. */
async function rowsOf(localStack: LocalStack, user: string): Promise<number> {
	const call = awsJson("dynamodb", localStack.endpoints.dynamodb, "eu-central-1");
	let rows = 0;
	let from: unknown;
	do {
		const page = (await call("Scan", {
			TableName: localStack.plan.tables["messages"]?.name,
			ConsistentRead: true,
			...(from !== undefined && { ExclusiveStartKey: from }),
		})) as { Items: Record<string, AttributeValue>[]; LastEvaluatedKey?: unknown };
		rows += page.Items.map(messageOf).filter(({ userName }) => userName === user).length;
		from = page.LastEvaluatedKey;
	} while (from !== undefined);
	return rows;
}

describe("the gateway", () => {
	let localStack: LocalStack;
	let base: string;

	beforeAll(async () => {
		const senders = [{ name: "SMSGW" }];
		localStack = await openTestStack({
			accounts: [
				{ account: { user_name: "fast", senders, limits: { requests_per_second: 5 } }, password: "fast" },
				{ account: { user_name: "daily", senders, limits: { messages_per_day: 10 } }, password: "daily" },
				...["guessed", "bodies", "batches", "types", "sizes"].map((user_name) => ({
					account: { user_name, senders, default_time_bounds: "full" as const },
					password: user_name,
				})),
			],
		});
		base = new URL(localStack.url).pathname;
	});
	afterAll(async () => await localStack?.stop());

	it("accepts each of many hostile bodies whole or not at all, and never fails (R7, A8, A43)", async () => {
		const client = clientOf(localStack, "bodies");
		const taken: string[] = [];
		const bodies = sizeOf({ merge: 500, nightly: 5_000 });

		await withConnections(fc.sample(hostileBody, bodies), 16, async (body) => {
			const answer = await ask(localStack, {
				method: "POST",
				path: `${base}/messages`,
				headers: loginOf("bodies"),
				body,
			});
			expectOurs(answer, body);
			if (answer.status === 201) taken.push(JSON.parse(answer.text).message_id);
			else expect(answer.status, body.slice(0, 300)).toBe(400);
		});

		expect(taken.length).toBeGreaterThan(0.15 * bodies);
		expect(await rowsOf(localStack, "bodies")).toBe(new Set(taken).size);
		await withConnections(taken, 16, async (id) => {
			expect((await client.request("GET", `/messages/${id}`)).status, id).toBe(200);
		});
	});

	it("accepts each hostile batch whole or not at all, tolerant or not, and never fails (R27, R28, A24, A25)", async () => {
		const client = clientOf(localStack, "batches");
		const flags = [
			"",
			'"fail-fast":true,',
			'"fail-fast":"TRUE",',
			'"fail_fast":[],',
			'"failFast":1e400,',
			'"fail-fast":null,',
		];
		const count = sizeOf({ merge: 100, nightly: 1_000 });
		const batches = fc.sample(fc.tuple(fc.constantFrom(...flags), fc.array(hostileBody, { maxLength: 4 })), count);
		const sizes: number[] = [];

		/* More at once get 503 (A43). */
		await withConnections(batches, 4, async ([flag, messages]) => {
			/* A message of its own makes each batch unique, so no batch is a repeat. */
			const body = `{${flag}"messages":[${[JSON.stringify(aBody()), ...messages].join(",")}]}`;
			const answer = await ask(localStack, {
				method: "POST",
				path: `${base}/batches`,
				headers: loginOf("batches"),
				body,
			});
			expectOurs(answer, body);
			if (answer.status !== 201) return expect([400, 413], body.slice(0, 300)).toContain(answer.status);
			const read = await client.request("GET", `/batches/${JSON.parse(answer.text).batch_id}`);
			const { length } = JSON.parse(body).messages;
			expect([read.status, read.body["length"]], body.slice(0, 300)).toEqual([200, length]);
			sizes.push(length);
		});

		expect(sizes.length).toBeGreaterThan(0.075 * count);
		expect(await rowsOf(localStack, "batches")).toBe(sizes.reduce((sum, size) => sum + size, 0));
	});

	it("accepts hostile bodies of any content type, and bytes that are not UTF-8", async () => {
		const types = [
			"application/json",
			"text/plain",
			"application/octet-stream",
			"multipart/form-data",
			"%",
			"a".repeat(999),
		];
		const bodies = fc.sample(
			fc.tuple(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(...types)),
			sizeOf({ merge: 100, nightly: 1_000 }),
		);

		await withConnections(bodies, 8, async ([bytes, type]) => {
			const headers = { ...loginOf("types"), "content-type": type };
			const answer = await ask(localStack, {
				method: "POST",
				path: `${base}/messages`,
				headers,
				body: Buffer.from(bytes),
			});
			expectOurs(answer, Buffer.from(bytes).toString("hex"));
			expect(answer.status).toBe(400);
		});

		expect(await rowsOf(localStack, "types")).toBe(0);
	});

	it("answers any method, path and query in its documented form (A21, A43)", async () => {
		const methods = ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH", "POST"];
		const pieces = [
			..."/ // . .. %2e%2e %2F %00 %0a %ff %C0%AF %E0%A4 %F0%9F%90%AB % %2 %zz %25 messages batches users senders demo".split(
				" ",
			),
			...'1 0 -1 1e3 9007199254740993 999999999999999999999 __proto__ constructor * ; : @ & = + $ , ! ~ " < > ` { } |'.split(
				" ",
			),
			"client_messages",
			"x".repeat(5_000),
		];
		const path = fc.tuple(
			fc.constantFrom(base, "", `${base}/messages`, `${base}/users/demo/client_messages`, `${base}/batches`),
			fc.array(fc.constantFrom(...pieces), { maxLength: 4 }),
			fc.constantFrom("/", ""),
			fc.constantFrom(
				"",
				"?",
				"?segments_info=true",
				"?segments_info=true&segments_info=%00",
				"?__proto__=1&%ff=%",
				"?=&&=?",
			),
		);
		const asked = fc.tuple(fc.constantFrom(...methods), path, fc.constantFrom(demo, {}));

		await withConnections(
			fc.sample(asked, sizeOf({ merge: 300, nightly: 3_000 })),
			16,
			async ([method, [start, middle, joint, query], headers]) => {
				const target = `/${start}/${middle.join(joint)}`.replace(/^\/+/, "/") + query;
				const answer = await ask(localStack, {
					method,
					path: target,
					headers,
					...(method === "POST" && { body: "{}" }),
				});
				expectOurs(answer, `${method} ${target}`);
			},
		);
	});

	it("answers 401 to odd credentials and 431 to oversized headers (R3, A43)", async () => {
		await withConnections(fc.sample(hostileAuthorization, 120), 8, async (authorization) => {
			const headers = {
				authorization: Buffer.from(authorization)
					.toString("latin1")
					.replace(/[^ -~]/g, "?"),
			};
			const answer = await ask(localStack, { method: "GET", path: `${base}/messages/1`, headers });
			expectOurs(answer, authorization);
			expect([401, 429]).toContain(answer.status);
		});

		const huge = await ask(localStack, {
			path: `${base}/messages/1`,
			headers: { ...demo, "x-more": "x".repeat(60_000) },
		});
		const many = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`x-${index}`, "x".repeat(80)]));
		const manyHeaders = await ask(localStack, {
			path: `${base}/messages/1`,
			headers: { ...demo, ...many, cookie: "=;;=" },
		});

		expect([huge.status, manyHeaders.status]).toEqual([431, 404]);
	});

	it("answers 413 above 4 MB: its own text below API Gateway's limit, API Gateway's above it (A25, A43)", async () => {
		const sized = async (bytes: number, type = "application/json") => {
			const body = JSON.stringify(aBody()).padEnd(bytes);
			const headers = { ...loginOf("sizes"), "content-type": type };
			return await ask(localStack, { method: "POST", path: `${base}/messages`, headers, body });
		};
		const most = 4 * 1_024 * 1_024 - Buffer.byteLength("тест") / 2;

		const fits = [await sized(most), await sized(most, "application/octet-stream")];
		const over = [await sized(most + 1), await sized(most + 1, "application/octet-stream")];
		const farTooLarge = await sized(11 * 1_024 * 1_024);

		expect([...fits, ...over, farTooLarge].map(({ status }) => status)).toEqual([201, 201, 413, 413, 413]);
		for (const answer of over) expectOurs(answer, "more than 4 MB");
		expect(await rowsOf(localStack, "sizes")).toBe(2);
	});

	it("answers 429 with code 88 and Retry-After above the rate limit, and accepts requests soon afterwards (A43)", async () => {
		const fast = clientOf(localStack, "fast");
		await fast.post();

		const answers = await Promise.all(Array.from({ length: 60 }, async () => await fast.post()));

		const over = answers.filter(({ status }) => status === 429);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 429]));
		expect(over.length).toBeGreaterThan(10);
		for (const { body, headers } of over) {
			expect(body["error_code"]).toBe("88");
			expect(headers.get("retry-after")).toBe("1");
		}
		await expect.poll(async () => (await fast.post()).status, { timeout: 10_000 }).toBe(201);
	});

	it("accepts a day's quota of messages, counts a batch by its messages, and still answers reads (A43)", async () => {
		const daily = clientOf(localStack, "daily");
		const batch = async (size: number) => {
			const messages = Array.from({ length: size }, () => aBody({ time_bounds: "full" }));
			return (await daily.request("POST", "/batches", JSON.stringify({ messages }))).status;
		};

		const statuses = [await batch(8), await batch(3), (await daily.post()).status, await batch(1)];
		const over = await daily.post();

		expect(statuses).toEqual([201, 429, 201, 201]);
		expect([over.status, over.body["error_code"]]).toEqual([429, "88"]);
		expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
		expect((await daily.request("GET", "/senders")).status).toBe(200);
		expect(await rowsOf(localStack, "daily")).toBe(10);
	});

	linux("throttles an address that guesses passwords, and no other address (A43)", async () => {
		const sendersAs = async (login: string, localAddress: string) =>
			await ask(localStack, { path: `${base}/senders`, headers: { authorization: basic(login) }, localAddress });
		const guesses = [];
		for (let index = 0; index < 8; index += 1) guesses.push(await sendersAs(`guessed:${index}`, "127.0.0.66"));

		const right = await sendersAs("guessed:guessed", "127.0.0.66");
		const otherAddress = await sendersAs("guessed:guessed", "127.0.0.77");
		const another = await sendersAs("demo2:demo2", "127.0.0.66");

		expect(guesses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
		expect([right.status, otherAddress.status, another.status]).toEqual([429, 200, 200]);
		expect(Number(right.headers["retry-after"])).toBeGreaterThan(0);
		expectOurs(right, "a right password in between");
	});
});
