import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { aBody, type Client, clientOf, eventually, reported, smscSubmits } from "./client.ts";
import { type SharedStack, sharedStack } from "./shared-stack.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-e2e-numbers-"));
let localStack: SharedStack;
let client: Client;

beforeAll(async () => {
	localStack = await sharedStack();
	client = clientOf(localStack);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Imports rows as an operator would; returns the program's last line. */
async function imported(...rows: readonly string[]): Promise<string> {
	const file = join(folder, "numbers.csv");
	writeFileSync(file, `msisdn,state,rn_code,blocked\n${rows.join("\n")}\n`);
	const child = spawn(process.execPath, [join(root, "admin/smsgw.ts"), "numbers", "import", file, "--local"], {
		env: { SMSGW_HTTP_PORT: new URL(localStack.url).port },
		stdio: ["ignore", "pipe", "inherit"],
	});
	const [out] = await Promise.all([text(child.stdout), once(child, "exit")]);
	return out;
}

describe("an imported number", () => {
	it("that is ported gets its messages through its new operator, whose rn_code they show (R4, A49)", async () => {
		const recipients = { "77010050001": "tele2", "77770050002": "altel", "77990050003": "beeline" };
		await imported("77010050001,ported,77,", "77770050002,ported,07,", "77990050003,ported,01,");

		const sent = Object.keys(recipients).map(async (recipient) => await client.send({ recipient }));
		const messages = await Promise.all((await Promise.all(sent)).map(async (id) => await client.untilReported(id)));

		expect(messages.map((message) => message["rn_code"])).toEqual(["77", "07", "01"]);
		expect(messages.map((message) => message.message_status)).toEqual(Array(3).fill("DELIVERED"));
		const submits = await eventually(
			async () => await smscSubmits(localStack),
			(all) => Object.keys(recipients).every((recipient) => all.some((submit) => submit.recipient === recipient)),
		);
		for (const [recipient, operator] of Object.entries(recipients)) {
			const got = submits.filter((submit) => submit.recipient === recipient).map((submit) => submit["operator"]);
			expect([recipient, ...got]).toEqual([recipient, operator]);
		}
	});

	it.each([
		["blocked", "77010050011", ",,yes", "30", /banned/],
		["blocked and ported", "77010050012", "ported,77,yes", "30", /banned/],
		["being ported", "77010050013", "in_progress,,no", "37", /migration state/],
	])("as %s is refused with its code, and nothing is sent (A49, R39)", async (_, recipient, row, code, words) => {
		await imported(`${recipient},${row}`);

		const { status, body } = await client.post({ recipient });

		expect(status).toBe(400);
		expect(body).toMatchObject({ error_code: code, error_message: expect.stringMatching(words), field: "recipient" });
		expect((await smscSubmits(localStack)).filter((submit) => submit.recipient === recipient)).toEqual([]);
	});

	it("is routed by its prefix after its entry is removed, and refused if the prefix is unknown (A49, code 34)", async () => {
		const recipients = ["77010050021", "77990050022"] as const;
		await imported(`${recipients[0]},in_progress,,yes`, `${recipients[1]},ported,02,`);
		const before = await client.post({ recipient: recipients[0] });

		const lastLine = await imported(`${recipients[0]},none,,no`, `${recipients[1]},none,,`);

		expect(before.body["error_code"]).toBe("30");
		expect(lastLine).toBe("2 rows: 0 written, 0 unchanged, 2 removed, 0 skipped\n");
		const messageId = await client.send({ recipient: recipients[0] });
		expect(await client.untilReported(messageId)).toMatchObject({ message_status: "DELIVERED", rn_code: "02" });
		expect((await client.post({ recipient: recipients[1] })).body["error_code"]).toBe("34");
	});

	it("ends only its own message of a tolerant batch (A24, A49)", async () => {
		const [blocked, porting, sound] = ["77010050031", "77010050032", "77010050033"];
		await imported(`${blocked},,,yes`, `${porting},in_progress,,`);
		const messages = [blocked, porting, sound, "77990050034"].map((recipient) => aBody({ recipient }));

		const { status, body } = await client.request("POST", "/batches", JSON.stringify({ messages }));

		expect(status).toBe(201);
		const clientIds = messages.map((message) => message["client_message_id"]);
		const reports = await eventually(
			async () => (await reported(localStack)).filter((report) => clientIds.includes(report["client_message_id"])),
			(all) => all.length === 4,
		);
		const byId = new Map(reports.map((report) => [report["client_message_id"], report]));
		expect(body["batch_id"]).toEqual(expect.any(String));
		expect(clientIds.map((id) => [byId.get(id)?.status, byId.get(id)?.["error_code"]])).toEqual([
			["UNDELIVERABLE", "30"],
			["UNDELIVERABLE", "37"],
			["DELIVERED", null],
			["UNDELIVERABLE", "34"],
		]);
	});
});

describe("an operator that rejects a number as ported out", () => {
	it("ends the message with code 9 (R39)", async () => {
		const messageId = await client.send({ recipient: "77010009909" });

		expect(await client.untilReported(messageId)).toMatchObject({
			message_status: "UNDELIVERABLE",
			error_code: "9",
			error_message: "Subscriber was ported to another operator",
		});
	});
});
