import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { type Client, clientOf, eventually, withConnections } from "./client.ts";
import { openTestStack } from "./local-stack.ts";
import { portOf } from "./smsc.ts";

type Call = { readonly at: number; readonly headers: IncomingHttpHeaders; readonly body: string };
type Answer = (response: ServerResponse, call: number) => void;

const says =
	(status: number, body = "", headers: Record<string, string> = {}): Answer =>
	(response) =>
		void response.writeHead(status, headers).end(body);

const secrets = ["new", "old"].map((name) => `whsec_${Buffer.from(name.padEnd(32, ".")).toString("base64")}`);

/** Clients by how their webhook answers, with their account's settings. */
const clients: Readonly<Record<string, { answer: Answer; settings?: Record<string, unknown>; keys?: string[] }>> = {
	"no-content": { answer: says(204) },
	"ok-200": { answer: says(200, "OK") },
	"ok-in-lower-case": { answer: says(200, " ok\r\n") },
	"ok-quoted": { answer: says(200, '"Ok"') },
	"ok-201": { answer: says(201, "OK") },
	"other-words": { answer: says(200, "Thank you") },
	accepted: { answer: says(202, "queued") },
	"accepted-any2xx": { answer: says(202, "queued"), settings: { ack: "any2xx" } },
	signed: { answer: says(204), keys: secrets },
	curious: { answer: says(204), settings: { reports: "all" } },
	gone: { answer: says(410) },
	/* Longer than our own first retry delay. */
	busy: {
		answer: (response, call) => (call === 1 ? says(503, "", { "retry-after": "8" }) : says(204))(response, call),
	},
	hanging: { answer: () => undefined },
};
const confirming = ["no-content", "ok-200", "ok-in-lower-case", "ok-quoted", "ok-201", "accepted-any2xx"];

describe("reports to webhooks that answer in different ways", () => {
	const calls = new Map<string, Call[]>(Object.keys(clients).map((name) => [name, []]));
	const callsOf = (name: string) => calls.get(name) ?? [];
	const webhook = createServer(async (request, response) => {
		const name = request.url?.slice(1) ?? "";
		const own = callsOf(name);
		own.push({ at: performance.now(), headers: request.headers, body: await text(request) });
		clients[name]?.answer(response, own.length);
	});
	let localStack: LocalStack;
	const client = (name: string): Client => clientOf(localStack, name);

	beforeAll(async () => {
		const port = await portOf(webhook);
		localStack = await openTestStack({
			accounts: Object.entries(clients).map(([name, { settings, keys }]) => ({
				account: {
					user_name: name,
					senders: [{ name: "SMSGW" }],
					default_time_bounds: "full",
					webhook: { url: `http://127.0.0.1:${port}/${name}`, ...settings },
				},
				password: name,
				...(keys && { webhookSecrets: { secrets: keys } }),
			})),
		});
	});
	afterAll(async () => {
		await localStack?.stop();
		webhook.closeAllConnections();
		webhook.close();
	});

	it.each(confirming)("are confirmed by the first POST if the answer is %s (R42, A38, A39)", async (name) => {
		const id = await client(name).send();

		const message = await client(name).untilReported(id);

		expect(message.message_status).toBe("DELIVERED");
		expect(callsOf(name)).toHaveLength(1);
	});

	it("include SENT and then the final status if the account asked for intermediate statuses (A34)", async () => {
		const id = await client("curious").send();

		await client("curious").untilReported(id);
		const received = await eventually(
			async () => callsOf("curious").flatMap(({ body }) => JSON.parse(body).delivery_report),
			(all) => all.length >= 2,
		);

		expect(received.map(({ status }: { status: string }) => status).sort()).toEqual(["DELIVERED", "SENT"]);
		for (const report of received)
			expect(report).toMatchObject({ message_id: Number(id), error_code: null, retry_count: 0 });
		expect(new Set(callsOf("curious").map(({ headers }) => headers["webhook-id"])).size).toBe(2);
	});

	it.each(["other-words", "accepted"])(
		"are not confirmed by the answer %s, and are sent again (A38, A39)",
		async (name) => {
			const id = await client(name).send();

			await eventually(
				async () => callsOf(name).length,
				(times) => times > 1,
			);

			expect((await client(name).get(id)).is_informed).toBeNull();
			const ids = new Set(callsOf(name).map(({ headers }) => headers["webhook-id"]));
			expect(ids.size).toBe(1);
		},
	);

	it("are signed with each secret, over their id, time and body (A42)", async () => {
		await client("signed").untilReported(await client("signed").send());

		const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: "" }] = callsOf("signed");
		const signatures = String(headers["webhook-signature"]).split(" ");
		const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
		for (const secret of secrets) {
			const key = Buffer.from(secret.replace("whsec_", ""), "base64");
			const expected = Buffer.from(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
			const good = signatures.filter(
				(one) => one.length === expected.length && timingSafeEqual(Buffer.from(one), expected),
			);
			expect(good).toHaveLength(1);
		}
		expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1_000)).toBeLessThan(300);
		expect(callsOf("no-content")[0]?.headers).not.toHaveProperty("webhook-signature");
	});

	it("come again no sooner than a busy webhook asked (A40)", async () => {
		await client("busy").untilReported(await client("busy").send());

		const [first, second] = callsOf("busy");
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(8_000);
	});

	it("stay in the dead-letter queue after a 410, and are not sent any more (A40)", async () => {
		const id = await client("gone").send();
		const QueueUrl = `${localStack.endpoints.sqs}/000000000000/smsgw-local-reports-dead`;
		const sqs = awsJson("sqs", localStack.endpoints.sqs, "eu-central-1");

		const entry = await eventually(
			async () => (await sqs("ReceiveMessage", { QueueUrl })) as { Messages?: { Body: string }[] },
			({ Messages = [] }) => Messages.length > 0,
		);

		expect(JSON.parse(entry.Messages?.[0]?.Body ?? "{}")).toMatchObject({
			user_name: "gone",
			message_ids: [Number(id)],
		});
		expect(callsOf("gone")).toHaveLength(1);
		expect((await client("gone").get(id)).is_informed).toBeNull();
	});

	it("reach healthy webhooks while 300 wait for a hanging one, which occupies few invocations at once (A40)", async () => {
		await withConnections(Array.from({ length: 300 }), 20, async () => void (await client("hanging").send()));

		const living = await Promise.all(Array.from({ length: 30 }, async () => await client("ok-200").send()));
		for (const id of living) await client("ok-200").untilReported(id);

		/* No request was answered, so each is pending or was given up after ten seconds. */
		const at = callsOf("hanging").map((call) => call.at);
		const atOnce = at.map((start) => at.filter((other) => other >= start && other < start + 10_000).length);
		expect(Math.max(...atOnce)).toBeLessThanOrEqual(3);
	});
});
