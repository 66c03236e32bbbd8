import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { allDescribed, answerName } from "#test/described-answers.ts";
import { aBody, type Client, clientOf, type Posted } from "./client.ts";
import { openTestStack } from "./local-stack.ts";
import { portOf } from "./smsc.ts";

/** A proxy to DynamoDB that can refuse: every connection to it then closes. */
function aSwitchableProxy() {
	const sockets = new Set<Socket>();
	let target = { hostname: "127.0.0.1", port: "0" };
	let isOff = false;
	const server = createServer((near) => {
		if (isOff) return near.destroy();
		const far = connect(Number(target.port), target.hostname);
		for (const socket of [near, far]) sockets.add(socket.on("error", () => undefined));
		near.pipe(far).pipe(near);
	});
	return {
		server,
		towards: (url: string) => {
			target = new URL(url);
		},
		off() {
			isOff = true;
			for (const socket of sockets) socket.destroy();
		},
		on() {
			isOff = false;
		},
		close() {
			for (const socket of sockets) socket.destroy();
			server.close();
		},
	};
}

const soon = () => almatyText(Math.ceil((Date.now() + 11 * 60_000) / 900_000) * 900_000);

/** One request for each authenticated route; `id` is the id of a message or a batch. */
const requests = (id = "12313"): [method: string, path: string, body?: string][] => [
	["POST", "/messages", JSON.stringify(aBody())],
	["GET", `/messages/${id}`],
	["DELETE", `/messages/${id}`],
	["POST", "/batches", JSON.stringify({ messages: [aBody()] })],
	["GET", `/batches/${id}`],
	["GET", "/messages?recipient=77010000000"],
	["GET", "/incoming?sender=77010000000"],
	["GET", `/batches/${id}/summary`],
	["DELETE", `/batches/${id}`],
	["GET", "/senders"],
	["GET", "/stats"],
	["GET", `/users/demo/client_messages/${id}`],
];

describe("the API and its OpenAPI description", () => {
	const answered = new Set<string>();
	const engine = aSwitchableProxy();
	let localStack: LocalStack;
	let client: Client;

	/** Requests as a client and records the answer's name. The client checks each answer against the description. */
	const ask = async (method: string, path: string, body?: string, as = client): Promise<Posted> => {
		const answer = await as.request(method, path, body);
		answered.add(answerName(method, path, answer.status));
		return answer;
	};

	beforeAll(async () => {
		const port = await portOf(engine.server);
		const senders = [{ name: "SMSGW" }];
		localStack = await openTestStack({
			endpoints: (process, service, url) => {
				if (process !== "lambdas" || service !== "dynamodb") return url;
				engine.towards(url);
				return `http://127.0.0.1:${port}`;
			},
			accounts: [
				{ account: { user_name: "two-a-day", senders, limits: { messages_per_day: 2 } }, password: "two-a-day" },
				{ account: { user_name: "stranger", senders }, password: "stranger" },
				{ account: { user_name: "broken", senders: 5 } as never, password: "broken" },
			],
		});
		client = clientOf(localStack);
	});
	afterAll(async () => {
		await localStack?.stop();
		engine.close();
	});

	it("is served without a login, exactly as checked in", async () => {
		const answer = await fetch(`${localStack.url}/openapi.json`);
		answered.add(answerName("GET", "/openapi.json", answer.status));

		expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
		expect(await answer.json()).toEqual(JSON.parse(readFileSync("shared/contracts/openapi.json", "utf8")));
	});

	it("are shown as a page without a login, which may load nothing else", async () => {
		const answers = await Promise.all(["/docs", "/docs/"].map(async (path) => await fetch(`${localStack.url}${path}`)));

		expect(answers.map(({ status }) => status)).toEqual([200, 200]);
		expect(answers[0]?.headers.get("content-type")).toBe("text/html; charset=utf-8");
		expect(answers[0]?.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'sha256-/);
		expect(await answers[0]?.text()).toContain("Sends up to 1,000 messages");
	});

	it("agree on successful answers (R2, R6, R7, R8, R9, R10, R11, R12, R13)", async () => {
		const client_message_id = randomUUID();
		const posted = await ask("POST", "/messages", JSON.stringify(aBody({ client_message_id })));
		const batch = await ask("POST", "/batches", JSON.stringify({ messages: [aBody(), aBody({ recipient: "1" })] }));
		const planned = await ask("POST", "/messages", JSON.stringify(aBody({ schedule: soon() })));
		const message = `/messages/${posted.body["message_id"]}`;
		await client.untilReported(String(posted.body["message_id"]));

		const answers = [
			await ask("POST", "/messages?dry_run=true", JSON.stringify(aBody())),
			await ask("POST", "/batches?dry_run=true", JSON.stringify({ messages: [aBody(), aBody({ recipient: "1" })] })),
			await ask("GET", message),
			await ask("GET", `${message}?segments_info=true`),
			await ask("GET", `/users/demo/client_messages/${client_message_id}?segments_info=true`),
			await ask("GET", `/batches/${batch.body["batch_id"]}`),
			await ask("GET", `/batches/${batch.body["batch_id"]}?limit=1`),
			await ask("GET", "/messages?recipient=77010000000&limit=1"),
			await ask("GET", "/incoming?sender=77010000000"),
			await ask("GET", `/batches/${batch.body["batch_id"]}/summary`),
			await ask("DELETE", `/batches/${batch.body["batch_id"]}`),
			await ask("GET", "/senders"),
			await ask("GET", "/senders?details=true"),
			await ask("GET", `/stats?by=hour&from=${almatyText(Date.now()).slice(0, 10)}`),
			await ask("GET", `/messages/${planned.body["message_id"]}`),
			await ask("DELETE", `/messages/${planned.body["message_id"]}`),
		];

		expect([posted, batch, planned].map(({ status }) => status)).toEqual([201, 201, 201]);
		expect(answers.map(({ status }) => status)).toEqual([...Array(15).fill(200), 204]);
	});

	it("agree on refusals (A8, A21, A22, A25, A28, A43)", async () => {
		const body = aBody();
		const foreign = clientOf(localStack, "stranger");
		const posted = await ask("POST", "/messages", JSON.stringify(body));
		const batch = await ask("POST", "/batches", JSON.stringify({ messages: [aBody()] }));
		const message = `/messages/${posted.body["message_id"]}`;
		const large = JSON.stringify({ ...aBody(), padding: "x".repeat(4.5 * 1_024 * 1_024) });

		const answers = [
			await ask("POST", "/messages", JSON.stringify(body)),
			await ask("POST", "/messages", "{"),
			await ask("POST", "/messages", large),
			await ask("POST", "/batches", JSON.stringify({ "fail-fast": true, messages: [{}] })),
			await ask("POST", "/batches", large),
			await ask("GET", `/batches/${batch.body["batch_id"]}?limit=0`),
			await ask("GET", "/messages?sender=SMSGW"),
			await ask("GET", "/incoming"),
			await ask("GET", "/stats?by=week"),
			await ask("GET", message, undefined, foreign),
			await ask("DELETE", message, undefined, foreign),
			await ask("GET", `/batches/${batch.body["batch_id"]}`, undefined, foreign),
			await ask("GET", `/batches/${batch.body["batch_id"]}/summary`, undefined, foreign),
			await ask("DELETE", `/batches/${batch.body["batch_id"]}`, undefined, foreign),
			await ask("DELETE", message),
			await ask("GET", "/messages/12313"),
			await ask("DELETE", "/messages/12313"),
			await ask("GET", "/batches/12313"),
			await ask("GET", "/batches/12313/summary"),
			await ask("DELETE", "/batches/12313"),
			await ask("GET", "/users/demo/client_messages/never"),
			await ask("GET", "/nothing"),
			await ask("PUT", "/messages", "{}"),
		];

		expect(answers.map(({ status }) => status)).toEqual([
			...[
				400, 400, 413, 400, 413, 400, 400, 400, 400, 403, 403, 403, 403, 403, 409, 404, 404, 404, 404, 404, 404, 404,
				405,
			],
		]);
	});

	it.each(requests())(
		"agree on a wrong password and on too many of them: %s %s (R3, A43)",
		async (method, path, body) => {
			const guesser = clientOf(localStack, `${method}${path}`.replaceAll(/\W/g, "-"), "wrong");

			const statuses: number[] = [];
			while (!statuses.includes(429) && statuses.length < 30)
				statuses.push((await ask(method, path, body, guesser)).status);

			expect(new Set(statuses)).toEqual(new Set([401, 429]));
		},
	);

	it.each([
		["POST", "/messages", () => JSON.stringify(aBody())],
		["POST", "/batches", () => JSON.stringify({ messages: [aBody()] })],
	])("agree on an exhausted daily quota: %s %s (A43)", async (method, path, body) => {
		const limited = clientOf(localStack, "two-a-day");

		const answers: Posted[] = [];
		while (answers.at(-1)?.status !== 429 && answers.length < 3) answers.push(await ask(method, path, body(), limited));

		expect(answers.at(-1)).toMatchObject({ status: 429, body: { error_code: "88" } });
	});

	it.each(requests())("agree on an internal error: %s %s (A43)", async (method, path, body) => {
		const { status } = await ask(method, path, body, clientOf(localStack, "broken"));

		expect(status).toBe(500);
	});

	it("agree on the answers while DynamoDB is down, after which requests succeed again (A43)", async () => {
		engine.off();
		const away = await Promise.all(
			requests().map(async ([method, path, body]) => await ask(method, path, body, clientOf(localStack, "stranger"))),
		);
		engine.on();
		const back = await ask("GET", "/senders", undefined, clientOf(localStack, "stranger"));

		expect(new Set(away.map(({ status }) => status))).toEqual(new Set([503]));
		expect(back.status).toBe(200);
	});

	it("cover every answer that the description lists", () => {
		const ofApiGateway = "get-openapi 429";

		expect(allDescribed().filter((name) => !answered.has(name))).toEqual([ofApiGateway]);
	});
});
