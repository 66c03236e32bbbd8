import { randomInt, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "#admin/run.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { aBody, type Client, type ClientMessage, clientOf, eventually } from "./client.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";
import { portOf } from "./smsc.ts";

const aNumber = () => `7705${String(randomInt(10 ** 7)).padStart(7, "0")}`;

/** Confirms all reports. */
const webhook = createServer(
	(request, response) => void request.resume().once("end", () => response.writeHead(204).end()),
);

let localStack: SharedStack;
let client: Client;
let stranger: Client;

beforeAll(async () => {
	const senders = [{ name: "SMSGW" }, { name: "OTHER" }];
	const url = `http://127.0.0.1:${await portOf(webhook)}/`;
	localStack = await sharedStack(
		["finder", "finder2"].map((user_name) => ({
			account: {
				user_name,
				senders,
				default_time_bounds: "full" as const,
				webhook: { url },
			},
			password: user_name,
		})),
	);
	client = clientOf(localStack, "finder");
	stranger = clientOf(localStack, "finder2");
	vi.stubEnv("SMSGW_HTTP_PORT", new URL(localStack.url).port);
});
afterAll(() => {
	vi.unstubAllEnvs();
	webhook.closeAllConnections();
	webhook.close();
});

async function find(query: Record<string, string>, as = client) {
	const { status, body, headers } = await as.request("GET", `/messages?${new URLSearchParams(query)}`);
	if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
	const ids = (body as unknown as readonly ClientMessage[]).map(({ message_id }) => String(message_id));
	return { ids, cursor: headers.get("next-cursor") };
}

async function smsgw(call: string): Promise<{ readonly code: number; readonly data: Record<string, unknown> }> {
	const out: string[] = [];
	const err: string[] = [];
	const code = await runCommandLine([...call.split(" "), "--local", "--json"], {
		out: (text) => void out.push(text),
		err: (text) => void err.push(text),
	});
	if (out.length === 0) throw new Error(err.join(""));
	return { code, data: JSON.parse(out.join("")) };
}

const foundBy = async (options: string) =>
	((await smsgw(`messages find ${options}`)).data["messages"] as { message_id: number }[]).map((one) =>
		String(one.message_id),
	);

const delivered = async (id: string) =>
	await client.until(id, ({ message_status: status }) => status === "DELIVERED" || status === "UNDELIVERABLE");

describe("a message", () => {
	it("is found by number, client id, batch and message id, by its client and by operators (A52)", async () => {
		const recipient = aNumber();
		const client_message_id = randomUUID();
		const id = await client.send({ recipient, client_message_id });
		const batch = await client.request(
			"POST",
			"/batches",
			JSON.stringify({ messages: [aBody({ recipient, sender: "OTHER" })] }),
		);
		const batch_id = String(batch.body["batch_id"]);
		const { body } = await client.request("GET", `/batches/${batch_id}`);
		const [inBatch = ""] = (body as unknown as ClientMessage[]).map((one) => String(one.message_id));
		await Promise.all([id, inBatch].map(delivered));
		const found = await client.get(id, "?segments_info=true");
		const [{ smcsc_id: smscId = "" } = {}] = found["segments"] as { smcsc_id?: string }[];

		expect((await find({ recipient: `+${recipient.slice(0, 4)} ${recipient.slice(4)}` })).ids).toEqual([inBatch, id]);
		expect((await find({ recipient, sender: "SMSGW" })).ids).toEqual([id]);
		expect((await find({ recipient, status: "FAILED" })).ids).toEqual([]);
		expect((await find({ recipient, from: String(found["init_time"]), to: String(found["init_time"]) })).ids).toContain(
			id,
		);
		expect((await find({ client_message_id })).ids).toEqual([id]);
		expect((await find({ batch_id })).ids).toEqual([inBatch]);
		expect((await find({ message_id: id })).ids).toEqual([id]);

		expect(await foundBy(`--recipient ${recipient}`)).toEqual([inBatch, id]);
		expect(await foundBy(`--recipient ${recipient} --account finder --sender OTHER`)).toEqual([inBatch]);
		expect(await foundBy(`--client-id ${client_message_id} --account finder`)).toEqual([id]);
		expect(await foundBy(`--batch ${batch_id}`)).toEqual([inBatch]);
		expect(await foundBy(`--smsc-id ${smscId} --recipient ${recipient}`)).toEqual([id]);
		expect(await foundBy(`--message ${id}`)).toEqual([id]);
	});

	it("of another account is found by none of these, and the answer does not tell that it exists (A52)", async () => {
		const recipient = aNumber();
		const client_message_id = randomUUID();
		const id = await client.send({ recipient, client_message_id });
		await eventually(
			async () => (await find({ recipient })).ids,
			(ids) => ids.length === 1,
		);

		for (const query of [{ recipient }, { client_message_id }, { message_id: id }]) {
			expect(await find(query, stranger)).toEqual({ ids: [], cursor: null });
		}
	});

	it("comes in pages, the newest first, while new ones come (A52)", async () => {
		const recipient = aNumber();
		const messages = Array.from({ length: 120 }, () => aBody({ recipient }));
		const { body } = await client.request("POST", "/batches", JSON.stringify({ messages }));
		const batch = await client.request("GET", `/batches/${body["batch_id"]}`);
		const ids = (batch.body as unknown as ClientMessage[]).map((one) => String(one.message_id));
		await eventually(
			async () => (await find({ batch_id: String(body["batch_id"]), recipient })).ids,
			(all) => all.length > 0,
		);

		const pages: string[][] = [];
		for (let cursor: string | null = ""; cursor !== null; ) {
			const page: Awaited<ReturnType<typeof find>> = await find({ recipient, limit: "50", ...(cursor && { cursor }) });
			pages.push(page.ids);
			if (pages.length === 1) await client.send({ recipient });
			cursor = page.cursor;
		}

		expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
		expect(pages.flat().sort()).toEqual([...ids].sort());
		expect(await foundBy(`--recipient ${recipient} --all`)).toHaveLength(121);
	});

	it("is refused to a search that would read all messages, with what to give (A52)", async () => {
		const { status, body } = await client.request("GET", "/messages?sender=SMSGW");

		expect([status, body["field"]]).toEqual([400, "recipient"]);
		expect(body["error_message"]).toContain("give recipient, client_message_id, batch_id or message_id");
	});
});

describe("a message from a subscriber", () => {
	it("is found by its sender and by its short code, by its account only (A52)", async () => {
		const [sender, demo] = [aNumber(), clientOf(localStack, "demo")];
		const mo = { sender, recipient: "9090", text: `find me ${sender}` };
		const url = `${localStack.operatorsControlUrl}/mo?operator=beeline`;
		const sent = await fetch(url, { method: "POST", body: JSON.stringify(mo) });
		expect(sent.status).toBe(204);
		const incoming = async (query: object, as: Client) => {
			const { body } = await as.request("GET", `/incoming?${new URLSearchParams({ ...query })}`);
			return body as unknown as readonly { readonly text: string }[];
		};

		const found = await eventually(
			async () => await incoming({ sender }, demo),
			(all) => all.length > 0,
		);

		expect(found).toMatchObject([mo]);
		expect(await incoming({ recipient: "9090", sender }, demo)).toMatchObject([mo]);
		expect((await incoming({ recipient: "9090" }, demo)).map(({ text }) => text)).toContain(mo.text);
		expect(await incoming({ sender }, stranger)).toEqual([]);
	});
});

describe("an erased number", () => {
	it("is found no more, and its messages have neither number nor text", async () => {
		const recipient = aNumber();
		const ids = await Promise.all(
			[client, stranger].map(async (one) => await one.send({ recipient, message_text: "secret" })),
		);
		const waiting = await client.send({ recipient, time_bounds: "full", schedule: inTwoDays() });
		await delivered(ids[0] ?? "");
		await stranger.until(ids[1] ?? "", ({ message_status }) => message_status === "DELIVERED");

		/* A message is erased once its report is confirmed. */
		const leftOf = ({ data }: { readonly data: unknown }) => (data as { messages: { left: number } }).messages.left;
		const first = await eventually(
			async () => await smsgw(`numbers erase ${recipient} --yes`),
			(outcome) => leftOf(outcome) === 1,
		);

		expect(first).toMatchObject({ code: 1 });
		expect((await client.request("DELETE", `/messages/${waiting}`)).status).toBe(204);
		const second = await smsgw(`numbers erase ${recipient} --yes`);
		expect(second).toMatchObject({ code: 0, data: { messages: { found: 1, erased: 1, left: 0 } } });
		expect((await find({ recipient })).ids).toEqual([]);
		expect(await foundBy(`--recipient ${recipient}`)).toEqual([]);
		expect(await client.get(ids[0] ?? "")).toMatchObject({
			...{ recipient: "***********", message_text: "", text_redacted: true, message_status: "DELIVERED" },
		});
	});
});

/** A full quarter of an hour, in Almaty's time. */
function inTwoDays(): string {
	const quarterMs = 15 * 60_000;
	const at = Math.ceil((Date.now() + 2 * 24 * 60 * 60_000) / quarterMs) * quarterMs;
	return almatyText(at);
}
