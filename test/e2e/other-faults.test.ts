import { randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { type Client, clientOf, reported } from "./client.ts";
import { openTestStack } from "./local-stack.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

describe("clients whose webhooks misbehave", () => {
	const behaviours: Record<string, (response: ServerResponse) => void> = {
		refusing: (response) => void response.writeHead(500).end("no"),
		hanging: () => undefined,
		nonsense: (response) => void response.writeHead(200).end("x".repeat(100_000)),
		redirecting: (response) => void response.writeHead(302, { location: "/right" }).end(),
		/* Only the first time. */
		recovering: (response) => void response.writeHead(503).end(),
	};
	const users = [...Object.keys(behaviours), "closed"];
	const calls = new Map<string, number>();
	const webhook = createServer((request, response) => {
		const user = request.url?.slice(1) ?? "";
		const call = (calls.get(user) ?? 0) + 1;
		calls.set(user, call);
		const behave = behaviours[user];
		if (behave === undefined || (user === "recovering" && call > 1)) response.writeHead(204).end();
		else behave(response);
	});
	let localStack: SharedStack;

	beforeAll(async () => {
		const port = await portOf(webhook);
		localStack = await sharedStack(
			users.map((user) => ({
				account: {
					user_name: user,
					senders: [{ name: "SMSGW" }],
					default_time_bounds: "full",
					webhook: { url: user === "closed" ? "http://127.0.0.1:1/" : `http://127.0.0.1:${port}/${user}` },
				},
				password: user,
			})),
		);
	});
	afterAll(() => {
		webhook.closeAllConnections();
		webhook.close();
	});

	it("do not delay other accounts' reports, and their own messages still end (A39, A40)", async () => {
		const misbehaving = await Promise.all(
			users.flatMap((user) =>
				Array.from({ length: 20 }, async () => ({ user, id: await clientOf(localStack, user).send() })),
			),
		);
		const held = calls.get("hanging") ?? 0;

		const ids = await Promise.all(Array.from({ length: 20 }, async () => await clientOf(localStack).send()));
		for (const id of ids) await clientOf(localStack).untilReported(id);
		const stillHanging = calls.get("hanging") ?? 0;

		/* The hanging requests were pending all the while: the other reports did not wait for their time limit. */
		expect(stillHanging).toBeGreaterThanOrEqual(Math.min(held, 1));
		expect((await reported(localStack, "/demo")).length).toBeGreaterThanOrEqual(20);
		for (const { user, id } of misbehaving) {
			const message = await clientOf(localStack, user).until(
				id,
				({ message_status }) => message_status === "DELIVERED",
			);
			if (user !== "recovering") expect(message.is_informed).toBeNull();
		}
	});

	it("get their reports again when they have recovered", async () => {
		const id = await clientOf(localStack, "recovering").send();

		const message = await clientOf(localStack, "recovering").untilReported(id);

		expect(message.message_status).toBe("DELIVERED");
		expect(calls.get("recovering")).toBeGreaterThan(1);
	});

	it("are not followed when they redirect", () => {
		expect(calls.get("right")).toBeUndefined();
	});
});

describe("a local stack of two SMSCs that fail", () => {
	/* Nothing listens at altel's port until `back` does. */
	const [back, first, second] = [anSmsc(), anSmsc(), anSmsc()];
	let localStack: LocalStack;
	let client: Client;
	let ports: { readonly altel: number; readonly tele2: number };

	beforeAll(async () => {
		const down = anSmsc();
		ports = { altel: await portOf(down.server), tele2: await portOf(first.server) };
		down.close();
		localStack = await openTestStack({
			operators: {
				altel: { ...anSmscLogin, port: ports.altel },
				tele2: { ...anSmscLogin, port: ports.tele2 },
			},
		});
		client = clientOf(localStack);
	});
	afterAll(async () => {
		await localStack?.stop();
		for (const smsc of [back, first, second]) smsc.close();
	});

	it("shares nothing with another one", async () => {
		const other = await sharedStack();
		const client_message_id = randomUUID();

		const id = await client.send({ client_message_id });
		const otherId = await clientOf(other).send({ client_message_id });
		await Promise.all([client.untilReported(id), clientOf(other).untilReported(otherId)]);

		const reports = [...(await reported(localStack)), ...(await reported(other))];
		const own = reports.filter((report) => report["client_message_id"] === client_message_id);
		expect(own.map(({ message_id }) => message_id)).toEqual([Number(id), Number(otherId)]);
		expect((await clientOf(other).request("GET", `/messages/${id}`)).status).toBe(404);
	});

	it("has its messages wait in their lane until an SMSC is back, and delays no other operator", async () => {
		const waiting = await Promise.all(
			Array.from({ length: 50 }, async () => await client.send({ recipient: "77080000001" })),
		);
		const others = await Promise.all(Array.from({ length: 50 }, async () => await client.send()));
		for (const id of others) await client.untilReported(id);
		const before = await Promise.all(waiting.map(async (id) => (await client.get(id)).message_status));

		back.server.listen(ports.altel, "127.0.0.1");
		for (const id of waiting) await client.untilReported(id);
		const after = await Promise.all(waiting.map(async (id) => (await client.get(id)).message_status));

		expect(new Set(before)).toEqual(new Set(["NEW"]));
		expect(new Set(after)).toEqual(new Set(["DELIVERED"]));
		expect(back.submits).toHaveLength(50);
	});

	it("sends a message again whose bind breaks before the response, and its retry_count says so (R32, R33)", async () => {
		first.onSubmit = async () => {
			first.close();
			second.server.listen(ports.tele2, "127.0.0.1");
		};

		const message = await client.untilReported(await client.send({ recipient: "77070000001" }));

		const reports = (await reported(localStack)).filter(({ message_id }) => message_id === message.message_id);
		expect(message).toMatchObject({ message_status: "DELIVERED", retry_count: 1, sent_count: 1 });
		expect(String(message["sent_confirm_time"]) >= String(message["sent_time"])).toBe(true);
		expect(reports).toMatchObject([{ retry_count: 1, sent_time: message["sent_time"] }]);
		expect([first.submits.length, second.submits.length]).toEqual([1, 1]);
	});
});
