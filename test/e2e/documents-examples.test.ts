import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, clientOf, eventually } from "./client.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";
import { portOf } from "./smsc.ts";

/**
 * The API document's own requests, byte for byte, and its answers. Two things are added: the credentials of an existing
 * account, and the Content-Length that the printed requests leave out.
 */

const ofMessages = `POST /app/smsgw/rest/v2/messages HTTP/1.1
Host: api.kcell.kz
Accept: application/json, text/plain, */*
Authorization: Basic pxT3bdk4dGYXNzd29db4
Content-Type: application/json;charset=utf-8

{"client_message_id":"236234857", "sender":"SMSGW",
"recipient":"7701000000", "message_text":" тест"}`;

const ofBatches = `POST /app/smsgw/rest/v2/batches HTTP/1.1
Host: api.kcell.kz
Accept: application/json, text/plain, */*
Authorization: Basic pxT3bdk4dGYXNzd29db4
Content-Type: application/json; charset=utf-8

{"messages": [ {"client_message_id" : "236234858", "sender": "SMSGW",
"recipient": "77010000001", "message_text": "test 2"}, {"client_message_id" :
"236234859", "sender": "SMSGW", "recipient": "77010000002", "message_text":
"test 3"}]}`;

/** The single message's body, spaces included, as the document prints it before the request. */
const printedBody = `{
  "client_message_id" : "236234857",
  "sender"             : "SMSGW",
  "recipient"         : "77010000000",
  "message_text"     : "тест"
}`;

type RawAnswer = { readonly statusLine: string; readonly headers: Record<string, string>; readonly body: string };

/** Sends a request as printed; reads the answer to its end. */
async function exchange(localStack: SharedStack, printed: string, user: string): Promise<RawAnswer> {
	const [head = "", ...rest] = printed.split("\n\n");
	const body = Buffer.from(rest.join("\n\n"));
	const credentials = Buffer.from(`${user}:${user}`).toString("base64");
	const lines = [
		...head.replace("pxT3bdk4dGYXNzd29db4", credentials).split("\n"),
		`Content-Length: ${body.length}`,
		"Connection: close",
	];
	const socket = connect(Number(new URL(localStack.url).port), "127.0.0.1");
	await once(socket, "connect");
	socket.write(`${lines.join("\r\n")}\r\n\r\n`);
	socket.write(body);
	const received = await text(socket);
	const end = received.indexOf("\r\n\r\n");
	const [statusLine = "", ...fields] = received.slice(0, end).split("\r\n");
	const headers = fields
		.map((field) => field.split(/: (.*)/s))
		.map(([name = "", value = ""]) => [name.toLowerCase(), value]);
	return { statusLine, headers: Object.fromEntries(headers), body: received.slice(end + 4) };
}

type RawReport = { readonly method: string; readonly url: string; readonly type: string; readonly body: string };

describe("the API document's example", () => {
	const posts: RawReport[] = [];
	const webhook = createServer(async (request, response) => {
		const { method = "", url = "", headers } = request;
		posts.push({ method, url, type: String(headers["content-type"]), body: await text(request) });
		response.writeHead(204).end();
	});
	let localStack: SharedStack;

	/* Each example has its own account, because the printed client_message_ids repeat. */
	const users = ["single", "body", "batch", "windows", "undeliverable"];

	beforeAll(async () => {
		const port = await portOf(webhook);
		localStack = await sharedStack(
			[...users, "senderless"].map((user) => ({
				account: {
					user_name: user,
					senders: [{ name: user === "senderless" ? "OTHER" : "SMSGW" }],
					default_time_bounds: "full",
					webhook: { url: `http://127.0.0.1:${port}/${user}` },
				},
				password: user,
			})),
		);
	});
	afterAll(() => {
		webhook.closeAllConnections();
		webhook.close();
	});

	const reportsTo = (user: string): readonly Record<string, unknown>[] =>
		posts
			.filter(({ url }) => url === `/${user}`)
			.flatMap(({ body }) => (JSON.parse(body) as { delivery_report: Record<string, unknown>[] }).delivery_report);

	const readBack = async (client: Client, answer: RawAnswer) =>
		await client.untilReported(String((JSON.parse(answer.body) as Record<string, unknown>)["message_id"]));

	it("of a single message is accepted and answered as printed (R1, R2, R3, R7, R15, R16, R17, A1, A2)", async () => {
		const answer = await exchange(localStack, ofMessages, "single");
		const [, messageId] = /^\{"message_id":"(\d+)"\}$/.exec(answer.body) ?? [];
		const message = await readBack(clientOf(localStack, "single"), answer);

		expect(answer.statusLine).toBe("HTTP/1.1 201 Created");
		expect(answer.headers).toMatchObject({
			"content-type": "application/json; charset=utf-8",
			location: `${localStack.url}/messages/${messageId}`,
		});
		expect(message).toMatchObject({
			message_id: Number(messageId),
			client_message_id: "236234857",
			sender: "SMSGW",
			recipient: "77701000000",
			message_text: " тест",
			rn_code: "02",
		});
	});

	it.each([
		["as it is printed", ofMessages.replace(/\n\n.*/s, () => `\n\n${printedBody}`), "body"],
		[
			"with the line ends of Windows",
			ofMessages.replace(/\n\n.*/s, (all) => `\n\n${all.trim().replace("\n", "\r\n")}`),
			"windows",
		],
	])("of a body is accepted %s (R7)", async (_, printed, user) => {
		const answer = await exchange(localStack, printed, user);

		expect([answer.statusLine, answer.body]).toEqual([
			"HTTP/1.1 201 Created",
			expect.stringMatching(/^\{"message_id":"\d+"\}$/),
		]);
	});

	it("of a batch is accepted and answered as printed (R10, R25, A3)", async () => {
		const answer = await exchange(localStack, ofBatches, "batch");
		const [, batchId] = /^\{"batch_id":"(\d+)"\}$/.exec(answer.body) ?? [];
		const client = clientOf(localStack, "batch");
		const read = await client.request("GET", `/batches/${batchId}`);

		expect(answer.statusLine).toBe("HTTP/1.1 201 Created");
		expect(answer.headers).toMatchObject({
			"content-type": "application/json; charset=utf-8",
			location: `${localStack.url}/batches/${batchId}`,
		});
		expect(read.body).toMatchObject([
			{ client_message_id: "236234858", recipient: "77010000001", message_text: "test 2", batch_id: Number(batchId) },
			{ client_message_id: "236234859", recipient: "77010000002", message_text: "test 3", batch_id: Number(batchId) },
		]);
	});

	it("of a refusal is answered with the printed text (R7, R17)", async () => {
		const answer = await exchange(localStack, ofMessages, "senderless");

		expect(answer.statusLine).toBe("HTTP/1.1 400 Bad Request");
		expect(answer.headers).toMatchObject({ "content-type": "application/json; charset=utf-8" });
		expect(JSON.parse(answer.body)).toMatchObject({ error_message: "User can't use alias SMSGW to send messages" });
	});

	it("of a report is what the client's webhook receives, field by field (R36, R37, A2, A4, A5, A6)", async () => {
		const client = clientOf(localStack, "single");
		const messageId = await client.send({ client_message_id: "batch_tst1104" });
		await client.untilReported(messageId);

		const post = posts.find(({ body }) => body.includes(messageId));
		const [report] = reportsTo("single").filter(({ message_id }) => message_id === Number(messageId));
		const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);

		expect(post).toMatchObject({ method: "POST", type: "application/json" });
		expect(report).toEqual({
			status: "DELIVERED",
			client_message_id: "batch_tst1104",
			error_code: null,
			error_message: null,
			segment_count: 1,
			init_time: time,
			sent_time: time,
			status_time: time,
			message_id: Number(messageId),
			sent_confirm_time: time,
			rn_code: "02",
			retry_count: 0,
		});
	});

	it("of a report of an unsent message has the printed fields and no others (R28, R37, A24)", async () => {
		const client = clientOf(localStack, "undeliverable");
		const bad = { client_message_id: "3", sender: "SMSGW", recipient: "7701", message_text: "тест" };

		await client.request("POST", "/batches", JSON.stringify({ messages: [bad] }));
		const [report] = await eventually(
			async () => reportsTo("undeliverable"),
			(all) => all.length > 0,
		);

		expect(report).toEqual({
			client_message_id: "3",
			message_id: expect.any(Number),
			status: "UNDELIVERABLE",
			error_code: "11",
			error_message: "Invalid recipient / destination address (format should be 7xxxYYYzzzz)",
			segment_count: 1,
			init_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
			status_time: report?.["init_time"],
		});
	});
});
