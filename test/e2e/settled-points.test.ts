import { beforeAll, describe, expect, it } from "vitest";
import type { SeedAccount } from "#local/seed.ts";
import { almatyText, instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { aBody, type Client, type ClientMessage, clientOf, reported, smscSubmits } from "./client.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";

describe("a message, where the API document leaves a choice,", () => {
	const senders: SeedAccount["account"]["senders"] = [
		{ name: "SMSGW" },
		{ name: "NIGHT", default_time_bounds: "full", allowed_time_bounds: ["full"] },
	];
	let localStack: SharedStack;
	let client: Client;
	/** A client of an account without a webhook and without time bounds of its own. */
	let plain: Client;

	beforeAll(async () => {
		localStack = await sharedStack([{ account: { user_name: "plain", senders }, password: "plain" }]);
		client = clientOf(localStack);
		plain = clientOf(localStack, "plain");
	});

	const readAs = async (fields: Record<string, unknown>, by = client) => await by.get(await by.send(fields));
	const at = (message: ClientMessage, field: string) => instantFromAlmatyText(String(message[field])) ?? Number.NaN;

	it.each(["+7 701 000-00-01", "8 (701) 000 00 01", "7010000001", 77_010_000_001, 7_010_000_001])(
		"goes to 77010000001 if its client writes %j (R15, A1)",
		async (recipient) => {
			expect(await readAs({ recipient })).toMatchObject({ recipient: "77010000001" });
		},
	);

	it("is found by a numeric client_message_id as by the same text (R12, A29)", async () => {
		const client_message_id = Date.now();
		const messageId = await client.send({ client_message_id });

		const found = await client.request("GET", `/users/demo/client_messages/${client_message_id}`);
		const again = await client.post({ client_message_id: String(client_message_id) });

		expect(found.body).toMatchObject({ message_id: Number(messageId), client_message_id: String(client_message_id) });
		expect(again.body).toMatchObject({ error_code: "23" });
	});

	it("is cut into segments by its encoding, and no surrogate pair is split (R16, R30, A30)", async () => {
		const texts: readonly (readonly [string, number])[] = [
			["a".repeat(160), 1],
			["a".repeat(161), 2],
			["a".repeat(306), 2],
			["a".repeat(307), 3],
			["€".repeat(80), 1],
			["€".repeat(81), 2],
			["ж".repeat(70), 1],
			["ж".repeat(71), 2],
			["ж".repeat(134), 2],
			["ж".repeat(135), 3],
			["😀".repeat(35), 1],
			["😀".repeat(36), 2],
			["ж".repeat(1_500), 23],
		];

		const messages = await Promise.all(
			texts.map(async ([message_text]) => await client.untilReported(await client.send({ message_text }))),
		);

		const counts = messages.map((message) => [
			message["message_text"],
			message["segment_count"],
			message["sent_count"],
			message["delivery_count"],
		]);
		expect(counts).toEqual(texts.map(([text, count]) => [text, count, count, count]));
	});

	it.each([
		[2, 2],
		["3", 3],
		["x", 0],
		[9, 0],
		[-1, 0],
		[null, 0],
		[{ urgent: true }, 0],
		[undefined, 0],
	])("with a priority of %j is read back with %i (R18, A32)", async (priority, expected) => {
		expect(await readAs({ priority })).toMatchObject({ priority: expected });
	});

	it("that is flash has data_coding 0x10 or 0x18 and a validity_period (R21, A20, A31)", async () => {
		const [latin, cyrillic] = ["77010005551", "77010005552"];
		const message = await client.untilReported(
			await client.send({ recipient: latin, message_text: "code", flash: true }),
		);
		await client.untilReported(await client.send({ recipient: cyrillic, message_text: "код", flash: "true" }));

		const sent = await smscSubmits(localStack);
		const submitTo = (recipient: string) => sent.find((submit) => submit.recipient === recipient);

		const expires = new Date(at(message, "expire_date")).toISOString().replace(/\D/g, "").slice(2, 14);
		expect(submitTo(latin)).toMatchObject({ data_coding: 0x10, validity_period: expect.stringMatching(`^${expires}`) });
		expect(submitTo(cyrillic)).toMatchObject({ data_coding: 0x18 });
	});

	it("expires a day after it was accepted unless it has an expire_date (R19, A10)", async () => {
		const withoutExpireDate = await readAs({});
		const expire_date = almatyText(Date.now() + 3 * 24 * 3_600_000);
		const withExpireDate = await readAs({ expire_date });

		expect(at(withoutExpireDate, "expire_date") - at(withoutExpireDate, "init_time")).toBe(24 * 3_600_000);
		expect(withExpireDate["expire_date"]).toBe(expire_date);
	});

	it("takes its own time bounds, else its sender's, else its account's, else def; others get 24 or 25 (R20, A17)", async () => {
		const [named, bySender, byAccount, byDefault] = [
			await readAs({ time_bounds: "ad99" }, plain),
			await readAs({ sender: "NIGHT" }, plain),
			await readAs({}),
			await readAs({}, plain),
		];
		const forbidden = await plain.post({ sender: "NIGHT", time_bounds: "def" });
		const unknown = await plain.post({ time_bounds: "night" });

		const windows = [named, bySender, byAccount, byDefault].map((message) => message["time_bounds"]);
		expect(windows).toEqual(["ad99", "full", "full", "def"]);
		expect([forbidden, unknown].map(({ status, body }) => [status, body["error_code"]])).toEqual([
			[400, "24"],
			[400, "25"],
		]);
	});

	it("with a schedule off the quarter of an hour is refused with 10012, alone and in a tolerant batch (R22, A7, A24)", async () => {
		const schedule = `${almatyText(Date.now() + 24 * 3_600_000).slice(0, 14)}07:00`;

		const alone = await client.post({ schedule });
		const posted = await client.request(
			"POST",
			"/batches",
			JSON.stringify({ messages: [aBody({ schedule }), aBody()] }),
		);
		const read = await client.request("GET", `/batches/${posted.body["batch_id"]}`);
		const [row] = read.body as unknown as readonly ClientMessage[];
		await client.untilReported(String(row?.message_id));

		expect([alone.status, alone.body["error_code"], alone.body["field"]]).toEqual([400, "10012", "schedule"]);
		expect(posted.status).toBe(201);
		expect(row).toMatchObject({ message_status: "UNDELIVERABLE", error_code: "10012" });
		const reports = (await reported(localStack)).filter(({ message_id }) => message_id === row?.message_id);
		expect(reports).toMatchObject([
			{ status: "UNDELIVERABLE", error_code: "10012", error_message: row?.["error_message"] },
		]);
	});

	it("without a webhook still ends, unreported (R31, A38)", async () => {
		const messageId = await plain.send({ sender: "NIGHT" });

		const message = await plain.until(messageId, ({ message_status }) => message_status === "DELIVERED");

		expect(message.is_informed).toBeNull();
		expect((await reported(localStack)).filter(({ message_id }) => message_id === Number(messageId))).toEqual([]);
	});
});
