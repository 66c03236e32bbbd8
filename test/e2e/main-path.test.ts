import { beforeAll, describe, expect, it } from "vitest";
import { canaryPeriodMs } from "#shared/usecases/canary/send-canary.ts";
import { type Client, clientOf, eventually, type ReportRequest, reported, smscSubmits } from "./client.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";

describe("a message", () => {
	let localStack: SharedStack;
	let client: Client;

	beforeAll(async () => {
		localStack = await sharedStack();
		client = clientOf(localStack);
	});

	it("is accepted, sent, delivered and reported, and its client reads the outcome (R6, R7, R29, R31, R36, R37)", async () => {
		const posted = await client.post({ recipient: "+7 (701) 000-00-01", message_text: " тест" });

		const messageId = String(posted.body["message_id"]);
		const message = await client.untilReported(messageId);

		expect(posted.status).toBe(201);
		expect(posted.headers.get("location")).toBe(`${localStack.url}/messages/${messageId}`);
		expect(message).toMatchObject({
			message_id: Number(messageId),
			recipient: "77010000001",
			message_text: " тест",
			message_status: "DELIVERED",
			error_code: null,
			error_message: null,
			segment_count: 1,
			sent_count: 1,
			delivery_count: 1,
			retry_count: 0,
			rn_code: "02",
			sent_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
			sent_confirm_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
		});
		const reports = (await reported(localStack)).filter(({ message_id }) => message_id === Number(messageId));
		expect(reports).toEqual([
			{
				status: "DELIVERED",
				client_message_id: message["client_message_id"],
				error_code: null,
				error_message: null,
				segment_count: 1,
				init_time: message["init_time"],
				sent_time: message["sent_time"],
				sent_confirm_time: message["sent_confirm_time"],
				status_time: message["status_time"],
				message_id: Number(messageId),
				rn_code: "02",
				retry_count: 0,
			},
		]);
	});

	it("is reported to its account's webhook, with an id and time for the POST (A42)", async () => {
		const messageId = await clientOf(localStack, "demo2").send();

		await clientOf(localStack, "demo2").untilReported(messageId);

		const reports = (await (await fetch(`${localStack.sinkUrl}/received`)).json()) as ReportRequest[];
		const own = reports.filter(({ body }) => JSON.stringify(body).includes(messageId));
		expect(own.map(({ path }) => path)).toEqual(["/demo2"]);
		expect(own[0]?.headers).toMatchObject({
			"content-type": "application/json",
			"webhook-id": expect.any(String),
			"webhook-timestamp": expect.stringMatching(/^\d{10}$/),
		});
	});

	it("shows its segments only on request (R13, R35)", async () => {
		const messageId = await client.send();

		await client.untilReported(messageId);

		expect(await client.get(messageId)).not.toHaveProperty("segments");
		expect(await client.get(messageId, "?segments_info=true")).toMatchObject({
			segments: [
				{
					smcsc_id: expect.any(String),
					status: "DELIVERED",
					status_time: expect.any(String),
					error_code: null,
					error_message: null,
				},
			],
		});
	});

	it("of 200 Cyrillic letters is sent as three segments and is DELIVERED once (A30, A33)", async () => {
		const text = "Привет, как дела? ".repeat(12).slice(0, 200);
		const recipient = "77010000201";

		const messageId = await client.send({ recipient, message_text: text });
		const message = await client.untilReported(messageId);

		expect(message).toMatchObject({ message_status: "DELIVERED", segment_count: 3, sent_count: 3, delivery_count: 3 });
		const parts = (await smscSubmits(localStack)).filter((submit) => submit.recipient === recipient);
		expect(parts.map((part) => part["data_coding"])).toEqual([8, 8, 8]);
		expect(parts.map((part) => part["esm_class"])).toEqual([0x40, 0x40, 0x40]);
		const bytes = parts.map((part) => Buffer.from(part.short_message_hex, "hex"));
		const [reference] = bytes[0]?.subarray(3, 4) ?? [];
		expect(bytes.map((part) => [...part.subarray(0, 6)])).toEqual([
			[5, 0, 3, reference, 3, 1],
			[5, 0, 3, reference, 3, 2],
			[5, 0, 3, reference, 3, 3],
		]);
		expect(
			Buffer.concat(bytes.map((part) => part.subarray(6)))
				.swap16()
				.toString("utf16le"),
		).toBe(text);
		expect((await reported(localStack)).filter(({ message_id }) => message_id === Number(messageId))).toHaveLength(1);
	});

	it.each([
		["77010009911", { message_status: "UNDELIVERABLE", error_code: "11", sent_count: 1, delivery_count: 0 }],
		["77770009927", { message_status: "UNDELIVERABLE", error_code: "27", rn_code: "01" }],
		["77070009999", { message_status: "UNDELIVERABLE", error_code: "99", rn_code: "77" }],
		["77010009811", { message_status: "REJECTED", error_code: "11", sent_count: 0 }],
		["77080009810", { message_status: "REJECTED", error_code: "10", rn_code: "07" }],
		["77010009869", { message_status: "REJECTED", error_code: "69" }],
	])("to %s ends as the operator says (A36, R39)", async (recipient, ending) => {
		const messageId = await client.send({ recipient });

		const message = await client.untilReported(messageId);

		expect(message).toMatchObject({ ...ending, error_message: expect.any(String) });
		const [report] = (await reported(localStack)).filter(({ message_id }) => message_id === Number(messageId));
		expect(report).toMatchObject({ status: ending.message_status, error_code: ending.error_code });
	});

	it("is delivered by a receipt that comes before the submit_sm_resp", async () => {
		const messageId = await client.send({ recipient: "77010009600" });

		const message = await client.untilReported(messageId);

		expect(message.message_status).toBe("DELIVERED");
	});

	it("stays SENT while no receipt comes", async () => {
		const [silent, later] = [await client.send({ recipient: "77010009700" }), await client.send()];

		await client.untilReported(later);
		const message = await client.until(silent, ({ message_status }) => message_status === "SENT");

		expect(message).toMatchObject({ message_status: "SENT", sent_count: 1, delivery_count: 0, is_informed: null });
	});

	it("goes to the operator of its prefix (R4)", async () => {
		const recipients = ["77050000001", "77020000001", "77000000001", "77470000001"];

		const ids = await Promise.all(recipients.map(async (recipient) => await client.send({ recipient })));
		const messages = await Promise.all(ids.map(async (id) => await client.untilReported(id)));

		expect(messages.map((message) => message["rn_code"])).toEqual(["01", "02", "07", "77"]);
		const submits = await eventually(
			async () => await smscSubmits(localStack),
			(all) => recipients.every((recipient) => all.some((submit) => submit.recipient === recipient)),
		);
		const by = recipients.map((recipient) => submits.find((submit) => submit.recipient === recipient)?.["operator"]);
		expect(by).toEqual(["beeline", "kcell", "altel", "tele2"]);
	});

	it("of the canary is sent as a client sends it, and delivered", async () => {
		const url = `${localStack.lambdaUrl}/2015-03-31/functions/smsgw-local-send-canary/invocations`;
		const before = Math.floor(Date.now() / canaryPeriodMs);
		const answer = await fetch(url, { method: "POST", body: "{}" });
		const after = Math.floor(Date.now() / canaryPeriodMs);

		expect([answer.status, answer.headers.has("x-amz-function-error")]).toEqual([200, false]);
		const canaries = await eventually(
			async () =>
				(await reported(localStack)).filter(({ client_message_id }) =>
					[before, after].some((period) => client_message_id === `canary-${period}`),
				),
			(all) => all.length > 0,
		);
		expect(canaries[0]).toMatchObject({ status: "DELIVERED" });
	});
});
