import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { program } from "#admin/program.ts";
import { runCommandLine } from "#admin/run.ts";
import { root } from "#infra/entries.ts";
import type { LocalStack } from "#local/local-stack-options.ts";
import { localLeaseSeconds, localRegion } from "#local/local-stage.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { listen } from "#local/wire/listen.ts";
import { itemOf } from "#shared/aws/dynamo/message-columns.ts";
import { filledTables } from "#shared/contracts/filled-tables.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { commandsOf } from "#test/command-tree.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { aBody, clientOf, eventually } from "./client.ts";
import { openTestStack } from "./local-stack.ts";
import { clients, isInstalled, missing, runSample, startSample, webhooks } from "./samples.ts";

/**
 * The command line on a running local stack. Most calls run in this process, because each process takes a second to
 * start; input, environment and exit code are tested with a few real processes.
 */

const folder = mkdtempSync(join(tmpdir(), "smsgw-cli-"));
let localStack: LocalStack;
beforeAll(async () => {
	localStack = await openTestStack();
	vi.stubEnv("SMSGW_HTTP_PORT", new URL(localStack.url).port);
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await localStack?.stop();
	rmSync(folder, { recursive: true });
});

const paths = commandsOf(program(() => undefined)).map(({ path }) => path);
/** The commands that a test ran with success. */
const succeeded = new Set<string>();

/** What every command printed. */
const printedBy: { readonly call: string; readonly text: string }[] = [];

type Run = { readonly code: number; readonly out: string; readonly err: string };

async function run(call: string): Promise<Run> {
	const [out, err]: [string[], string[]] = [[], []];
	const code = await runCommandLine(call.split(" "), {
		out: (text) => void out.push(text),
		err: (text) => void err.push(text),
	});
	printedBy.push({ call, text: [...out, ...err].join("") });
	const path = paths.find((one) => call === one || call.startsWith(`${one} `));
	if (path !== undefined && code === 0) succeeded.add(path);
	return { code, out: out.join(""), err: err.join("") };
}

/** Runs a call in a process of its own. */
async function runProcess(call: string, env: object = {}, input = ""): Promise<Run> {
	const args = call.split(" ");
	const child = spawn(process.execPath, [join(root, "admin/smsgw.ts"), ...args], {
		env: { SMSGW_HTTP_PORT: new URL(localStack.url).port, ...env },
		stdio: ["pipe", "pipe", "pipe"],
	});
	child.stdin.end(input);
	const [[code], out, err] = await Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
	return { code, out, err };
}

/** The parsed JSON output of a command that succeeds. */
async function output<Data = Record<string, unknown>>(call: string): Promise<Data> {
	const { code, out, err } = await run(`${call} --local --json`);
	if (code !== 0) throw new Error(`${call}: ${code} ${err}${out}`);
	return JSON.parse(out) as Data;
}

const aName = () => `a-${randomUUID().slice(0, 8)}`;

async function anAccount(options = ""): Promise<{ readonly name: string; readonly password: string }> {
	const name = aName();
	const { password } = await output<{ password: string }>(
		`accounts create ${name} --sender SMSGW${options || " --default-time-bounds full"}`,
	);
	return { name, password };
}

const statusFor = async (user: string, password: string) =>
	(await clientOf(localStack, user, password).request("GET", "/senders")).status;

const sqs = async (action: string, body: object) =>
	await awsJson("sqs", localStack.endpoints.sqs, localRegion)(action, body);
const queueUrl = (role: string) => `${localStack.endpoints.sqs}/000000000000/smsgw-local-${role}`;
const sendToQueue = async (role: string, MessageBody: string, more: object = {}) =>
	await sqs("SendMessage", { QueueUrl: queueUrl(role), MessageBody, ...more });

type Received = { readonly headers: Record<string, string>; readonly body: unknown };
const received = async () => (await (await fetch(`${localStack.sinkUrl}/received`)).json()) as readonly Received[];

describe.concurrent("smsgw accounts", () => {
	it("creates an account whose client can send, once", async () => {
		const { name, password } = await anAccount(" --default-time-bounds full");

		expect(password).toMatch(/^\w{32}$/);
		expect(await clientOf(localStack, name, password).send()).toMatch(/^\d+$/);
		expect(await run(`accounts create ${name} --default-time-bounds full --local`)).toMatchObject({
			code: 1,
			out: "",
			err: `smsgw accounts create: account ${name} already exists\n`,
		});
		expect(await run(`accounts create ${name} --sender SMSGW --default-time-bounds full --local`)).toMatchObject({
			code: 1,
			out: "",
		});
		expect(await statusFor(name, password)).toBe(200);
	});

	it("reads an existing password from standard input and does not print it", async () => {
		const name = aName();

		const made = await runProcess(
			`accounts create ${name} --default-time-bounds full --password-file - --local --json`,
			{},
			"from before\n",
		);

		expect(JSON.parse(made.out)).toMatchObject({ account: name });
		expect(JSON.stringify(made)).not.toContain("from before");
		expect(await statusFor(name, "from before")).toBe(200);
	});

	it("shows an account without its secrets, and lists all accounts in columns", async () => {
		const { name, password } = await anAccount();
		const passwordFile = join(folder, name);
		writeFileSync(passwordFile, "hunter2\n");
		await output(
			`accounts webhook set ${name} ${localStack.sinkUrl}/x --basic-user me --basic-password-file ${passwordFile}`,
		);
		const { secret } = await output<{ secret: string }>(`accounts webhook secret rotate ${name}`);

		const { out } = await run(`accounts show ${name} --local`);
		const { out: all } = await run("accounts list --local");

		expect(out).toContain("webhook.basic_user");
		for (const hidden of ["hunter2", secret, password]) expect(out).not.toContain(hidden);
		expect(
			printedBy.filter(
				({ call, text }) => text.includes("hunter2") || (text.includes(secret) && !call.includes("rotate")),
			),
		).toEqual([]);
		expect(all).toMatch(/^ACCOUNT +STATE +SENDERS +WEBHOOK +SMPP BINDS\n/);
		expect(all).toMatch(new RegExp(`^${name} +enabled +SMSGW +${localStack.sinkUrl}/x +-$`, "m"));
		expect((await run("accounts --local")).out).toMatch(/^ACCOUNT/);
	});

	it("changes the named setting and keeps the others", async () => {
		const { name } = await anAccount(" --default-time-bounds ad99");

		await output(`accounts set ${name} --duplicates replay`);

		expect(await output(`accounts show ${name}`)).toMatchObject({ default_time_bounds: "ad99", duplicates: "replay" });
	});

	it("masks the codes in an account's texts once its messages have ended, and shows that", async () => {
		const { name, password } = await anAccount(" --default-time-bounds full --final-texts mask-codes");
		const client = clientOf(localStack, name, password);

		const id = await client.send({ message_text: "Your code is 482913" });

		expect(await client.until(id, ({ message_status }) => message_status === "DELIVERED")).toMatchObject({
			message_text: "Your code is ******",
			text_redacted: true,
		});
		expect((await run(`messages show ${id} --text --local`)).out).not.toContain("482913");
	});

	it("refuses logins of a disabled account, and disables it only with --yes", async () => {
		const { name, password } = await anAccount();

		const withoutYes = await run(`accounts disable ${name} --local`);
		await output(`accounts disable ${name} --yes`);
		const shutOut = await statusFor(name, password);
		await output(`accounts enable ${name}`);

		expect(withoutYes).toMatchObject({ code: 2, out: "" });
		expect(withoutYes.err).toContain("--yes");
		expect([shutOut, await statusFor(name, password)]).toEqual([401, 200]);
	});

	it("keeps two passwords while one replaces the other, and refuses a third", async () => {
		const { name, password: old } = await anAccount();
		const { password, old_password_ends } = await output<Record<string, string>>(
			`accounts password rotate ${name} --overlap 24h`,
		);

		const third = await run(`accounts password rotate ${name} --local`);
		const both = [await statusFor(name, old), await statusFor(name, password ?? "")];

		expect(old_password_ends).toMatch(/^\d{4}-\d\d-\d\d /);
		expect(both).toEqual([200, 200]);
		expect(third).toMatchObject({ code: 1, out: "" });
	});

	it("retires the old password and keeps the new one", async () => {
		const { name, password: old } = await anAccount();
		const { password } = await output<{ password: string }>(`accounts password rotate ${name}`);

		expect(await output(`accounts password retire ${name} --yes`)).toEqual({ account: name, retired: 1 });

		expect([await statusFor(name, old), await statusFor(name, password)]).toEqual([401, 200]);
	});

	it("adds and removes a sender with its time bounds", async () => {
		const { name } = await anAccount();
		await output(`accounts senders add ${name} AD --default-time-bounds ad99 --allowed-time-bounds ad99 ad96`);
		const added = await output<readonly object[]>(`accounts senders list ${name}`);
		await output(`accounts senders remove ${name} AD --yes`);

		expect(added).toContainEqual({ sender: "AD", default_time_bounds: "ad99", allowed_time_bounds: "ad99 ad96" });
		expect(await output<readonly object[]>(`accounts senders list ${name}`)).toHaveLength(1);
		expect(await run(`accounts senders remove ${name} AD --yes --local`)).toMatchObject({ code: 1 });
	});

	it("sets limits and removes them", async () => {
		const { name } = await anAccount();
		await output(`accounts limits set ${name} --requests-per-second 50 --messages-per-day 1000`);
		await output(`accounts limits set ${name} --messages-per-day none --messages-per-recipient-hour 3`);

		expect(await output(`accounts show ${name}`)).toMatchObject({
			limits: {
				...{ requests_per_second: 50, messages_per_day: null, messages_per_hour: null },
				...{ messages_per_recipient_hour: 3, messages_per_number_block_hour: null },
			},
		});
	});

	it("lets an account bind over SMPP, with its own queue and a password short enough for a bind", async () => {
		const { name } = await anAccount();
		const smpp = await output<Record<string, string>>(
			`accounts smpp set ${name} --binds 2 --network 203.0.113.0/24 --reports smpp`,
		);
		const kept = await output(`accounts smpp set ${name} --window 7`);
		const { name: other } = await anAccount();
		const usual = await output<Record<string, string>>(`accounts smpp set ${other}`);
		const { password } = await output<{ password: string }>(`accounts password rotate ${name} --overlap 0s`);
		await output(`accounts smpp remove ${name} --yes`);

		expect(await sqs("GetQueueAttributes", { QueueUrl: smpp["reports_queue_url"] })).toBeDefined();
		expect(kept).toMatchObject({ ...smpp, window: 7 });
		expect(usual).toMatchObject({ reports: "channel" });
		expect(await sqs("GetQueueAttributes", { QueueUrl: usual["reports_queue_url"] })).toBeDefined();
		expect(await output(`accounts smpp set ${other} --reports webhook`)).toMatchObject({ reports: "webhook" });
		expect(password).toMatch(/^\w{8}$/);
		expect(await output(`accounts show ${name}`)).toMatchObject({ smpp: null });
	});
});

describe.concurrent("smsgw accounts smpp dead", () => {
	it("counts the reports that an account's sessions never accepted, and redrives them with no attempts", async () => {
		const { name } = await anAccount();
		const without = await run(`accounts smpp dead list ${name} --local`);
		await output(`accounts smpp set ${name} --reports smpp`);
		const { reports_queue_url } = await output<Record<string, string>>(`accounts smpp set ${name} --binds 1`);
		const report = { report_batch: "a report batch", user_name: name, message_ids: [1], tries: 12, incoming: true };
		for (const MessageBody of [JSON.stringify(report), "no report"]) {
			await sqs("SendMessage", { QueueUrl: `${reports_queue_url}-dead`, MessageBody });
		}

		const before = await output(`accounts smpp dead list ${name}`);
		const outcome = await output(`accounts smpp dead redrive ${name}`);

		expect(without).toMatchObject({
			code: 1,
			err: `smsgw accounts smpp dead list: the reports of ${name} do not go by SMPP\n`,
		});
		expect(before).toMatchObject({ dead: 2, waiting: 0 });
		expect(outcome).toEqual({ redriven: 1, left: 1, complete: true });
		const { Messages = [] } = (await sqs("ReceiveMessage", { QueueUrl: reports_queue_url })) as {
			Messages?: readonly { readonly Body: string }[];
		};
		expect(Messages.map(({ Body }) => JSON.parse(Body))).toEqual([{ ...report, tries: 0 }]);
	});
});

describe.concurrent("smsgw short-codes", () => {
	it("routes a keyword of a short code to an existing account, and removes it (A48)", async () => {
		const { name } = await anAccount();
		const code = name.slice(2);
		const unknownAccount = await run(`short-codes set ${code} absent --local`);
		await output(`short-codes set ${code} ${name}`);
		await output(`short-codes set ${code} ${name} --keyword StOp`);
		const set = await output<readonly Record<string, unknown>[]>("short-codes list");
		const withoutYes = await run(`short-codes remove ${code} --local`);
		await output(`short-codes remove ${code} --keyword STOP --yes`);
		const again = await run(`short-codes remove ${code} --keyword stop --yes --local`);

		const ofIt = (rows: readonly Record<string, unknown>[]) => rows.filter((row) => row["short_code"] === code);
		expect(unknownAccount).toMatchObject({ code: 1, err: "smsgw short-codes set: account absent does not exist\n" });
		expect(ofIt(set)).toEqual([
			{ short_code: code, keyword: null, account: name },
			{ short_code: code, keyword: "stop", account: name },
		]);
		expect([withoutYes.code, again.code]).toEqual([2, 1]);
		expect(ofIt(await output("short-codes list"))).toEqual([{ short_code: code, keyword: null, account: name }]);
	});
});

describe.concurrent("smsgw accounts webhook", () => {
	it("sends a test POST signed with both secrets, as a report is (A42)", async () => {
		const { name } = await anAccount();
		await output(`accounts webhook set ${name} ${localStack.sinkUrl}/${name} --reports all`);
		const secrets = [
			await output<{ secret: string }>(`accounts webhook secret rotate ${name}`),
			await output<{ secret: string }>(`accounts webhook secret rotate ${name}`),
		].map(({ secret }) => secret);

		const test = await output<Record<string, string>>(`accounts webhook test ${name}`);

		expect(test).toMatchObject({ confirmed: true, status: 204 });
		const call = (await received()).find(({ headers }) => headers["webhook-id"] === test["webhook_id"]);
		expect(call?.body).toEqual({ delivery_report: [] });
		const signed = `${test["webhook_id"]}.${call?.headers["webhook-timestamp"]}.{"delivery_report":[]}`;
		const signature = (secret: string) =>
			createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"))
				.update(signed)
				.digest("base64");
		expect(call?.headers["webhook-signature"]).toBe(secrets.map((one) => `v1,${signature(one)}`).join(" "));
		expect(await run(`accounts webhook secret rotate ${name} --local`)).toMatchObject({ code: 1, out: "" });
		await output(`accounts webhook secret retire ${name} --yes`);
		expect(await output(`accounts webhook show ${name}`)).toMatchObject({ reports: "all", secrets: 1 });
	});

	it("reports an unconfirmed test POST, with exit code 1", async () => {
		const closed = createServer();
		const port = await listen(closed, 0);
		closed.close();
		const { name } = await anAccount();
		await output(`accounts webhook set ${name} http://127.0.0.1:${port}/`);

		const { code, out } = await run(`accounts webhook test ${name} --local --json`);
		await output(`accounts webhook remove ${name} --yes`);

		expect(code).toBe(1);
		expect(JSON.parse(out)).toMatchObject({ confirmed: false, failed: expect.stringContaining("ECONNREFUSED") });
		expect(await run(`accounts webhook test ${name} --local`)).toMatchObject({
			code: 1,
			err: `smsgw accounts webhook test: ${name} has no webhook\n`,
		});
	});
});

describe.concurrent("smsgw", () => {
	it("shows what a message waits for, and until when (A15)", async () => {
		const client = clientOf(localStack);
		const schedule = almatyText(Math.ceil(Date.now() / 900_000) * 900_000 + 3_600_000);
		const id = await client.send({ schedule, message_text: "later" });

		expect(await output(`messages show ${id}`)).toMatchObject({
			waits_for: "schedule",
			waits_until: schedule,
			lane: null,
		});
	});

	it("shows a message as its client sees it, with its text only on request", async () => {
		const client = clientOf(localStack);
		const id = await client.send({ message_text: "between us" });
		await client.untilReported(id);

		const { out } = await run(`messages show ${id} --local`);

		expect(out).not.toContain("between us");
		expect(out).toMatch(
			/accepted by REST from 127\.0\.0\.1\n(.*\n)+.* the report of DELIVERED was confirmed, attempt 1/,
		);
		expect(await output(`messages show ${id} --text`)).toMatchObject({
			account: "demo",
			message_status: "DELIVERED",
			message_text: "between us",
			is_informed: "Y",
			operator: "kcell",
			waits_for: "nothing",
			lane: "kcell-bulk",
			segments: [{ status: "DELIVERED" }],
			history: expect.arrayContaining([expect.objectContaining({ event: "submitted", attempt: 1, bind: 0 })]),
		});
		expect(await run("messages show 77 --local")).toMatchObject({ code: 1, out: "" });
	});

	it("imports numbers and shows their routing (A49)", async () => {
		const file = join(folder, "numbers.csv");
		writeFileSync(file, "msisdn,state,rn_code\n77010077001,ported,77\n");

		expect(await output(`numbers import ${file}`)).toMatchObject({ rows: 1, written: 1 });
		expect(await output("numbers show 87010077001")).toMatchObject({
			msisdn: "77010077001",
			prefix_of: "kcell",
			ported_to: "tele2",
			goes_to: "tele2",
			rn_code: "77",
		});
	});

	it("finds the messages of a number, and erases it only if that is confirmed", async () => {
		const [recipient, client] = ["77010077002", clientOf(localStack)];
		const id = await client.send({ recipient });
		await client.untilReported(id);
		const found = async () =>
			await output<{ messages: { message_id: number }[] }>(`messages find --recipient ${recipient}`);

		expect(await found()).toMatchObject({
			messages: [{ message_id: Number(id), status: "DELIVERED" }],
			next_cursor: null,
		});
		expect(await run(`numbers erase ${recipient} --local`)).toMatchObject({ code: 2, out: "" });
		expect(await output(`numbers erase ${recipient} --yes`)).toMatchObject({
			messages: { found: 1, erased: 1, left: 0 },
		});
		expect(await found()).toMatchObject({ messages: [] });
		expect(await run("messages find --sender SMSGW --local")).toMatchObject({ code: 2, out: "" });
	});

	it("counts the entries of each lane and how fast it drains", async () => {
		await sendToQueue("lane-altel-bulk", '{"user_name":"demo","message_ids":[1]}', { DelaySeconds: 900 });

		const rows = await output<readonly Record<string, unknown>[]>("lanes list --sample 1");
		const { out } = await run("lanes --local");

		expect(rows).toHaveLength(16);
		expect(rows).toContainEqual({
			...{ lane: "altel-bulk", messages: null, waiting: 0, in_flight: 0, delayed: 1 },
			...{ drains_per_second: 0, empty_in_seconds: null },
		});
		expect(out).toMatch(/^LANE +MESSAGES +WAITING +IN FLIGHT +DELAYED\n/);
		expect((await run("lanes list --watch 1 --looks 2 --local")).out.match(/altel-bulk/g)).toHaveLength(2);
		expect((await run("lanes list --accounts --local")).code).toBe(0);
		expect(await output<readonly object[]>("lanes dead")).toHaveLength(16);
	});

	it("counts an account's messages by period, and exports a month as CSV", async () => {
		const { name, password } = await anAccount();
		await clientOf(localStack, name, password).send();
		type Stats = { readonly total: Record<string, unknown> };

		const { total } = await eventually(
			async () => await output<Stats>(`stats --by hour --account ${name}`),
			/* The task writes its counts after the receipts' function, some seconds later. */
			({ total }) => ["submitted", "delivered"].every((step) => (total[step] as { messages: number }).messages === 1),
		);
		const urgent = await run(`stats --account ${name} --priority urgent --local`);
		const { out } = await run(`stats --account ${name} --local`);
		const csv = await run(`usage export --month ${almatyText(Date.now()).slice(0, 7)} --account ${name} --local`);
		const one = { messages: 1, segments: 1 };

		expect(total).toMatchObject({ accepted: one, submitted: one, delivered: one, failed: { messages: 0 } });
		expect(urgent.out).toBe("nothing was counted\n");
		expect(out).toMatch(/^PERIOD +ACCEPTED +SUBMITTED +SEGMENTS +DELIVERED +FAILED +UNREPORTED +INCOMING\n/);
		expect(csv.out).toContain(`,${name},kcell,1,1,1,1,1,1,0,0,0,0`);
		expect(await run("stats --from 2026-11-31 --local")).toMatchObject({ code: 2 });
		expect(await run("stats --from 2026-11-30 --to 2026-11-01 --local")).toMatchObject({ code: 2 });
		expect(await run("usage export --month november --local")).toMatchObject({ code: 2 });
	});

	it("pauses a batch, tells how it stands, resumes it, and cancels another (A52)", async () => {
		const client = clientOf(localStack);
		const post = async (parts: object) => {
			const messages = [aBody({ recipient: "77051110001", ...parts }), aBody({ recipient: "77051110002", ...parts })];
			const { body } = await client.request("POST", "/batches", JSON.stringify({ messages }));
			return String(body["batch_id"]);
		};
		await output("operators pause beeline");
		/* The tasks read the switches at a third of this. */
		await wait(localLeaseSeconds * 1_000);
		const held = await post({});
		await output(`batches pause ${held}`);
		await wait(localLeaseSeconds * 1_000);
		await output("operators resume beeline");
		const show = async () => await output(`batches show ${held}`);
		await eventually(show, ({ paused_count }) => paused_count === 2);

		const paused = await output<readonly object[]>("batches list");
		const schedule = almatyText(Math.ceil(Date.now() / 900_000) * 900_000 + 3_600_000);
		const cancelled = await output(`batches cancel ${await post({ schedule })} --yes --wait 0`);
		const resumed = await output(`batches resume ${held}`);

		expect(paused).toMatchObject([{ batch: Number(held), account: "demo", messages: 2 }]);
		expect(cancelled).toMatchObject({ withdrawn: 2, gone: 0, ended: 0, waiting: 0 });
		expect(resumed).toMatchObject({ state: "sending", released: 2 });
		await eventually(show, ({ state, sent_count }) => state === "sending" && sent_count === 2);
		expect(await run("batches show 77 --local")).toMatchObject({ code: 1, out: "" });
	});

	it("exports messages of an account or a batch, and refuses to overwrite a file", async () => {
		const client = clientOf(localStack);
		const id = await client.send({ message_text: "=between us" });
		const [all, lines] = [join(folder, "all.csv"), join(folder, "batch.ndjson")];
		const { body } = await client.request("POST", "/batches", JSON.stringify({ messages: [aBody(), aBody()] }));

		await output(`messages export ${all} --account demo --text`);
		const ofBatch = await output(`messages export ${lines} --batch ${body["batch_id"]} --format ndjson`);

		expect(readFileSync(all, "utf8")).toMatch(new RegExp(`^${id},demo,.*"'=between us"`, "m"));
		expect(ofBatch).toEqual({ written: 2, unreadable: 0 });
		expect(
			readFileSync(lines, "utf8")
				.trimEnd()
				.split("\n")
				.map((line) => JSON.parse(line).batch_id),
		).toEqual(Array(2).fill(Number(body["batch_id"])));
		expect(await run(`messages export ${all} --local`)).toMatchObject({ code: 2 });
	});

	it("redrives a lane's dead letters", async () => {
		const id = await clientOf(localStack).send();
		const entry = { user_name: "demo", message_ids: [Number(id)] };
		/* The entry's consumer may be faster, and then nothing is left to redrive. */
		await sendToQueue("lane-kcell-bulk-dead", JSON.stringify(entry));

		expect(await output("lanes redrive kcell-bulk")).toMatchObject({ complete: true });
	});

	it("pauses an operator and resumes it", async () => {
		await output("operators pause tele2");
		const paused = await output<readonly object[]>("operators list");
		await output("operators resume tele2");

		expect(paused).toContainEqual(expect.objectContaining({ operator: "tele2", rn_code: "77", state: "paused" }));
		expect(await output("operators forget-receipts tele2")).toEqual({ operator: "tele2", receipts: [] });
		expect(await output("operators show tele2")).toMatchObject({
			...{ operator: "tele2", state: "sending", receipts: [] },
			smsc: { system_id: "smsgw", window: 500, receipt_ids: "learnt" },
			smsc_defaults: expect.arrayContaining(["binds", "submit.alphabet"]),
		});
		expect(await output<readonly object[]>("operators list")).toContainEqual(
			expect.objectContaining({ operator: "tele2", rn_code: "77", state: "sending" }),
		);
	});

	it("lists undelivered reports and sends one account's again (A40)", async () => {
		const client = clientOf(localStack);
		const id = await client.send();
		await client.untilReported(id);
		const reportBatch = `batch-${randomUUID()}`;
		await sendToQueue(
			"reports-dead",
			JSON.stringify({ report_batch: reportBatch, user_name: "demo", message_ids: [Number(id)], tries: 12 }),
		);
		await sendToQueue(
			"reports-dead",
			JSON.stringify({ report_batch: "other", user_name: "another", message_ids: [7, 8], tries: 12 }),
		);

		const rows = await output<readonly object[]>("reports dead list");
		const future = "--from 2099-01-01T00:00:00Z --to 2099-01-02T00:00:00Z";
		const none = await output(`reports dead resend --account demo ${future}`);
		const resent = await output("reports dead resend --account demo --from 2020-01-01T00:00:00+05:00");

		expect(rows).toContainEqual(expect.objectContaining({ account: "demo", report_batches: 1, messages: 1 }));
		expect(rows).toContainEqual(expect.objectContaining({ account: "another", report_batches: 1, messages: 2 }));
		expect(none).toMatchObject({ resent: 0, left: 2 });
		expect(resent).toMatchObject({ resent: 1, left: 1, complete: true });
		const all = await eventually(received, (calls) =>
			calls.some(({ headers }) => headers["webhook-id"] === reportBatch),
		);
		expect(all.filter(({ headers }) => headers["webhook-id"] === reportBatch)).toHaveLength(1);
	});

	it("redrives receipts without a submission, with no searches counted", async () => {
		const receipt = {
			smsc_id: randomUUID(),
			recipient: "77010000000",
			state: "DELIVRD",
			reason: "000",
			received_at: 1,
		};
		await sendToQueue("receipts-dead", JSON.stringify({ operator: "kcell", checks: 10, receipts: [receipt] }));
		await sendToQueue("receipts-dead", "no receipt");

		const before = await output("receipts dead list");
		const outcome = await output("receipts dead redrive");

		expect(before).toMatchObject({ dead: 2 });
		expect(outcome).toEqual({ redriven: 1, left: 1, complete: true });
		expect(await output("receipts dead list")).toMatchObject({ dead: 1, held: 0 });
	});

	it("redrives messages from subscribers", async () => {
		await sendToQueue("incoming-dead", "{}");

		const before = await output("incoming dead list");
		const outcome = await output("incoming dead redrive");

		expect(before).toMatchObject({ dead: 1 });
		expect(outcome).toEqual({ redriven: 1, left: 0, complete: true });
	});
});

describe("smsgw doctor", () => {
	it("finds nothing wrong with a local stack that works", async () => {
		const { code, out } = await run("doctor --account demo --local");

		expect(out).toMatch(/^API +ok /m);
		expect(out).toMatch(/^binds +ok +beeline \d/m);
		expect([code, out.includes("What to do")]).toEqual([0, false]);
	});
});

describe("the samples", () => {
	it.for(clients)("send a message as an account of their own: $name", async ({ needs, send }, { skip }) => {
		skip(!isInstalled(needs), missing(needs));
		const { name, password } = await anAccount();
		const env = { SMSGW_URL: localStack.url, SMSGW_USER: name, SMSGW_PASSWORD: password };
		const said = 'It\'s "quoted" \\ and\nПривет';

		const { code, out } = await runSample([...send, "77010000000", said], env);
		const id = /\d{10,}/.exec(out)?.[0] ?? "";
		const refused = await runSample([...send, "12", "x"], env);

		expect(code).toBe(0);
		expect(await output(`messages show ${id} --text`)).toMatchObject({ account: name, message_text: said });
		expect(`${refused.out}${refused.err}`).toContain("recipient");
	});

	it.for(webhooks)("print the reports, whose signature they check: $name", async ({ needs, run: server }, { skip }) => {
		skip(!isInstalled(needs), missing(needs));
		const { name, password } = await anAccount();
		await output(`accounts webhook set ${name} ${localStack.sinkUrl}/x`);
		const { secret } = await output<{ secret: string }>(`accounts webhook secret rotate ${name}`);
		const webhook = await startSample(server, { SMSGW_SECRET: secret });
		await output(`accounts webhook set ${name} ${webhook.url}`);

		const client = clientOf(localStack, name, password);
		const id = await client.send();
		await client.untilReported(id);
		const forged = await fetch(webhook.url, {
			method: "POST",
			headers: { "webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA" },
			body: "{}",
		});
		webhook.stop();

		expect(webhook.lines.join("\n")).toMatch(new RegExp(`^${id} \\S+ DELIVERED$`, "m"));
		expect(forged.status).toBe(401);
	});
});

describe("smsgw plan", () => {
	it("needs neither a stage nor a local stack", async () => {
		const { code, out, err } = await run("plan 5000 --tps 500 --json");

		expect([code, err]).toEqual([0, ""]);
		expect(JSON.parse(out)).toMatchObject({ drain_seconds: expect.closeTo(10, 0), tasks: 1 });
	});
});

describe("smsgw restore", () => {
	const restoredTo = new Date(Date.now() - 60_000).toISOString();
	const call = `restore --from smsgw-local-restored --restored-to ${restoredTo} --progress ${folder}`;
	const dynamo = async (action: string, body: object) =>
		await awsJson("dynamodb", localStack.endpoints.dynamodb, localRegion)(action, body);

	async function createRestored(role: string, partitionKey: string): Promise<void> {
		const types = { message_id: "N", batch_id: "N", msisdn: "N" } as const;
		const type = types[partitionKey as keyof typeof types] ?? "S";
		const sort = role === "incoming";
		await dynamo("CreateTable", {
			TableName: `smsgw-local-restored-${role}`,
			KeySchema: [
				{ AttributeName: partitionKey, KeyType: "HASH" },
				...(sort ? [{ AttributeName: "part", KeyType: "RANGE" }] : []),
			],
			AttributeDefinitions: [
				{ AttributeName: partitionKey, AttributeType: type },
				...(sort ? [{ AttributeName: "part", AttributeType: "S" }] : []),
			],
			BillingMode: "PAY_PER_REQUEST",
		});
	}

	it("does not begin while tasks hold binds", async () => {
		const { code, out, err } = await run(`${call}/new.json --local`);

		expect([code, out]).toEqual([1, ""]);
		expect(err).toBe("smsgw restore: the gateway of smsgw-local runs: destroy its stack first\n");
	});

	it("continues, fills the tables, and gives a message that waited a holder", async () => {
		for (const [role, partitionKey] of Object.entries(filledTables)) await createRestored(role, partitionKey);
		const now = Date.now();
		const times = { acceptedAt: now, statusAt: now, expiresAt: now + 3_600_000, keepUntil: now + 86_400_000 };
		const message = aMessage({ ...times, text: "restored", holder: "an entry that is lost", revision: 1 });
		await dynamo("PutItem", { TableName: "smsgw-local-restored-messages", Item: itemOf(message) });
		const of = `smsgw-local-restored of ${restoredTo} into smsgw-local`;
		writeFileSync(join(folder, "begun.json"), JSON.stringify({ of, positions: {} }));

		const rows = await output<{ step: string; done: number }[]>(`${call}/begun.json`);

		expect(rows).toContainEqual({ step: "rows of messages", rows: 1, done: 1, unreadable: 0 });
		expect(rows).toContainEqual({ step: "holders of messages", rows: 1, done: 1, unreadable: 0 });
		const { messageId } = message;
		const shown = async () => await output<{ message_status: string }>(`messages show ${messageId}`);
		await eventually(shown, ({ message_status }) => message_status === "DELIVERED");
	});
});

describe("smsgw with wrong arguments", () => {
	it("prints one line, exits with 2 and changes nothing", async () => {
		for (const call of ["acounts list --local", "accounts set demo --default-time-bounds always --local"]) {
			const { code, out, err } = await runProcess(call);
			expect([code, out]).toEqual([2, ""]);
			expect(err).toMatch(/^smsgw[a-z ]*: .*\n$/);
		}
		expect(await output("accounts show demo")).toMatchObject({
			passwords: ["until retired"],
			default_time_bounds: "full",
			senders: [{ sender: "SMSGW" }],
			webhook: { url: `${localStack.sinkUrl}/demo`, basic_user: null },
			smpp: { binds: 4, window: 50, networks: "any", reports: "channel" },
		});
	});

	it("prints one line and exits with 1 if the local stack, account or stage does not exist", async () => {
		const away = { AWS_REGION: localRegion, AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
		const here = { AWS_ENDPOINT_URL_DYNAMODB: localStack.endpoints.dynamodb };
		const runs = [
			await runProcess("accounts list --local", { SMSGW_HTTP_PORT: "1" }),
			await run("accounts show absent --local"),
			await runProcess("accounts list --stage absent", { ...away, ...here }),
		];

		for (const { code, out, err } of runs) {
			expect([code, out]).toEqual([1, ""]);
			expect(err).toMatch(/^smsgw[a-z ]*: .*\n$/);
		}
		expect(await runProcess("accounts list --stage local", { ...away, ...here })).toMatchObject({ code: 0, err: "" });
	});
});

describe("each command of smsgw", () => {
	it("is run by a test above, or in integrators.test.ts, console.test.ts or in-earnest.test.ts", () => {
		const inOtherFiles = ["console", "listen", "trigger", "conformance", "backup"];
		expect(paths.filter((path) => !succeeded.has(path))).toEqual(inOtherFiles);
	});
});
