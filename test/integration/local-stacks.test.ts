import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CreateScheduleCommand, GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { root } from "#infra/entries.ts";
import { openLocalStack } from "#local/local-stack.ts";
import type { LocalStack, LocalStackOptions } from "#local/local-stack-options.ts";
import { account } from "#local/template/local-references.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import type { Instruction, StubResult } from "#test/fixtures/local-stack/follow-instruction.ts";
import { stubEntries } from "#test/fixtures/local-stack/stub-entries.ts";

const supervisorReady = z.object({ pids: z.array(z.int()), logFile: z.string() });
const region = "eu-central-1";
const aLocalStack = async (options: LocalStackOptions = {}) =>
	await openLocalStack({ entries: stubEntries, ...options });
const eventually = async (holds: () => unknown) => await vi.waitFor(holds, { timeout: 30_000, interval: 20 });
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

let localStack: LocalStack;
let other: LocalStack;

beforeAll(async () => {
	[localStack, other] = await Promise.all([
		aLocalStack({ stage: { receiptsVisibilitySeconds: 1, dueShardsVisibilitySeconds: 1 } }),
		aLocalStack({ endpoints: (process, service, url) => `${url}/${service}-of-${process}` }),
	]);
});

afterAll(async () => {
	await Promise.all([localStack?.stop(), other?.stop()]);
});

const sqsOf = ({ endpoints }: LocalStack) => awsJson("sqs", endpoints.sqs, region);
const queueUrl = ({ plan }: LocalStack, role: string) => plan.queues[role]?.url ?? expect.fail(role);
const removeLog = (logFile: string) => rmSync(dirname(logFile), { recursive: true });
const isAlive = (pid: number) => existsSync(`/proc/${pid}`);

async function send(to: LocalStack, role: string, instruction: Instruction): Promise<void> {
	await sqsOf(to)("SendMessage", { QueueUrl: queueUrl(to, role), MessageBody: JSON.stringify(instruction) });
}

async function callsTo(by: LocalStack, path: string): Promise<number> {
	const received = (await (await fetch(`${by.sinkUrl}/received`)).json()) as { readonly path: string }[];
	return received.filter((one) => one.path === path).length;
}

async function waitingIn(of: LocalStack, role: string): Promise<number> {
	const AttributeNames = ["ApproximateNumberOfMessages"];
	const { Attributes } = await sqsOf(of)("GetQueueAttributes", { QueueUrl: queueUrl(of, role), AttributeNames });
	return Number((Attributes as Record<string, string>)["ApproximateNumberOfMessages"]);
}

async function userNamesIn(of: LocalStack, table: string): Promise<readonly string[]> {
	const { Items } = await awsJson("dynamodb", of.endpoints.dynamodb, region)("Scan", { TableName: table });
	return (Items as { user_name: { S: string } }[]).map(({ user_name }) => user_name.S);
}

async function askApi(of: LocalStack, instruction: Instruction = {}): Promise<StubResult> {
	const headers = { "content-type": "application/json" };
	const response = await fetch(`${of.url}/messages`, { method: "POST", body: JSON.stringify(instruction), headers });
	return (await response.json()) as StubResult;
}

describe("a local stack", () => {
	it("answers over its API as soon as it is open", async () => {
		expect(await askApi(localStack)).toMatchObject({ functionName: "smsgw-local-post-message" });
	});

	it("has every queue of the template, with the template's settings", async () => {
		const { QueueUrls } = await sqsOf(localStack)("ListQueues", {});
		const QueueUrl = queueUrl(localStack, "receipts");
		const { Attributes } = await sqsOf(localStack)("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] });

		const names = (QueueUrls as readonly string[]).map((url) => url.slice(url.lastIndexOf("/") + 1));
		expect(names).toEqual(
			expect.arrayContaining(Object.keys(localStack.plan.queues).map((role) => `smsgw-local-${role}`)),
		);
		expect(Attributes).toMatchObject({ VisibilityTimeout: "1", MessageRetentionPeriod: "864000" });
		expect(JSON.parse((Attributes as { RedrivePolicy: string }).RedrivePolicy)).toEqual({
			deadLetterTargetArn: `arn:aws:sqs:${region}:${account}:smsgw-local-receipts-dead`,
			maxReceiveCount: 1_000,
		});
	});

	it("has every table of the template", async () => {
		const { TableNames } = await awsJson("dynamodb", localStack.endpoints.dynamodb, region)("ListTables", {});

		expect(TableNames).toEqual(
			Object.values(localStack.plan.tables)
				.map(({ name }) => name)
				.sort(),
		);
	});

	it("feeds a function from its queue, and feeds it again after a failure", async () => {
		await send(localStack, "receipts", { notifyUrl: `${localStack.sinkUrl}/failing`, failure: "throw" });
		await send(localStack, "receipts", { notifyUrl: `${localStack.sinkUrl}/working` });

		await eventually(async () => expect(await callsTo(localStack, "/failing")).toBeGreaterThanOrEqual(2));
		expect(await callsTo(localStack, "/working")).toBe(1);
	});

	it("moves an entry that fails too often to the dead letters", async () => {
		await send(localStack, "due-shards", { failure: "throw" });

		await eventually(async () => expect(await waitingIn(localStack, "due-shards-dead")).toBeGreaterThanOrEqual(1));
	});

	it("has the template's schedule, and invokes a function by a schedule", async () => {
		const client = new SchedulerClient({ endpoint: localStack.endpoints.scheduler, region, credentials });
		const sweep = await client.send(new GetScheduleCommand({ Name: "smsgw-local-sweep" }));
		expect(sweep.ScheduleExpression).toBe("cron(7,22,37,52 * * * ? *)");

		const schedule = {
			ScheduleExpression: "at(2020-01-01T00:00:00)",
			FlexibleTimeWindow: { Mode: "OFF" },
			Target: { ...sweep.Target, Input: JSON.stringify({ notifyUrl: `${localStack.sinkUrl}/scheduled` }) },
		};
		await fetch(`${localStack.endpoints.scheduler}/schedules/now`, { method: "POST", body: JSON.stringify(schedule) });

		await eventually(async () => expect(await callsTo(localStack, "/scheduled")).toBe(1));
		client.destroy();
	});

	it("sends to a queue by a schedule", async () => {
		const schedule = {
			ScheduleExpression: "at(2020-01-01T00:00:00)",
			FlexibleTimeWindow: { Mode: "OFF" },
			Target: { Arn: localStack.plan.queues["lane-tele2-bulk"]?.arn, RoleArn: "r", Input: "by schedule" },
		};
		await fetch(`${localStack.endpoints.scheduler}/schedules/fill`, { method: "POST", body: JSON.stringify(schedule) });

		await eventually(async () => expect(await waitingIn(localStack, "lane-tele2-bulk")).toBe(1));
	});

	it("restarts the process of the functions at the same address after a kill", async () => {
		const before = localStack.pid("lambdas");

		await localStack.kill("lambdas");
		await send(localStack, "receipts", { notifyUrl: `${localStack.sinkUrl}/after-the-kill` });

		await eventually(async () => expect(await callsTo(localStack, "/after-the-kill")).toBe(1));
		expect((await askApi(localStack)).calls).toBe(1);
		expect(localStack.pid("lambdas")).not.toBe(before);
		expect(isAlive(before)).toBe(false);
	});

	it("restarts the SMPP service after a kill", async () => {
		const before = localStack.pid("smpp");

		await localStack.kill("smpp");

		await eventually(() => expect(localStack.pid("smpp")).not.toBe(before));
		expect(isAlive(before)).toBe(false);
	});

	it("denies a function what its role does not allow, with AWS's error and a log line, and writes nothing", async () => {
		const table = localStack.plan.tables["credentials"]?.name ?? expect.fail("credentials");
		const queue = queueUrl(localStack, "receipts-dead");

		const { answers } = await askApi(localStack, { attemptWrites: { table, queueUrl: queue } });

		expect(answers).toEqual(Array(3).fill("AccessDeniedException"));
		const log = readFileSync(localStack.logFile, "utf8").split("\n");
		const refused = log.filter((line) => line.includes("call.denied")).map((line) => JSON.parse(line).action);
		expect(refused.sort()).toEqual(["dynamodb:PutItem", "scheduler:CreateSchedule", "sqs:SendMessage"]);
		expect(await userNamesIn(localStack, table)).not.toContain("intruder");
		expect(await waitingIn(localStack, "receipts-dead")).toBe(0);
		const schedule = await fetch(`${localStack.endpoints.scheduler}/schedules/intruder`);
		expect(schedule.status).toBe(404);
	});

	it("allows every call if permissions are turned off", async () => {
		const open = await aLocalStack({ permissions: "open" });
		const table = open.plan.tables["credentials"]?.name ?? expect.fail("credentials");

		const { answers } = await askApi(open, { attemptWrites: { table, queueUrl: queueUrl(open, "receipts-dead") } });

		expect(answers).toEqual(Array(3).fill("written"));
		await open.stop();
	});

	it("routes a process's calls to an engine through a test's proxy, and only those", async () => {
		expect((await askApi(other)).dynamodb).toBe(`${other.endpoints.dynamodb}/dynamodb-of-lambdas`);
		expect((await askApi(localStack)).dynamodb).toBe(localStack.endpoints.dynamodb);
	});
});

describe("two local stacks", () => {
	it("share nothing", async () => {
		await send(localStack, "lane-kcell-urgent", {});

		expect(await waitingIn(localStack, "lane-kcell-urgent")).toBe(1);
		expect(await waitingIn(other, "lane-kcell-urgent")).toBe(0);
		expect(await waitingIn(other, "due-shards-dead")).toBe(0);
		expect(localStack.endpoints).not.toEqual(other.endpoints);
	});
});

describe("a local stack with a data folder", () => {
	it("goes on with the data of the run before, and is the only one on it", async () => {
		const dataPath = mkdtempSync(join(tmpdir(), "smsgw-data-"));
		const schedule = {
			Name: "kept",
			ScheduleExpression: "at(2099-01-01T00:00:00)",
			FlexibleTimeWindow: { Mode: "OFF" as const },
			Target: { Arn: `arn:aws:lambda:${region}:${account}:function:none`, RoleArn: "arn:aws:iam::0:role/r" },
		};
		const schedulerOf = ({ endpoints }: LocalStack) =>
			new SchedulerClient({ endpoint: endpoints.scheduler, region, credentials });
		const secretsOf = () => readFileSync(join(dataPath, "secrets.json"), "utf8");
		const first = await aLocalStack({ dataPath });
		const secrets = secretsOf();
		await send(first, "lane-kcell-bulk", {});
		await schedulerOf(first).send(new CreateScheduleCommand(schedule));
		await awsJson(
			"dynamodb",
			first.endpoints.dynamodb,
			region,
		)("DeleteItem", {
			TableName: "smsgw-local-accounts",
			Key: { user_name: { S: "demo2" } },
		});
		await expect(aLocalStack({ dataPath })).rejects.toThrow(/SMSGW_DATA: another local stack runs on/);
		await first.stop();

		const second = await aLocalStack({ dataPath });

		expect(await userNamesIn(second, "smsgw-local-accounts")).toEqual(["demo"]);
		expect(await waitingIn(second, "lane-kcell-bulk")).toBe(1);
		expect(await schedulerOf(second).send(new GetScheduleCommand({ Name: "kept" }))).toMatchObject(schedule);
		expect(secretsOf()).toBe(secrets);
		await second.stop();
		rmSync(dataPath, { recursive: true });
	});
});

describe("the end of a local stack", () => {
	const names = ["dynamodb", "engines", "operators", "sink", "lambdas", "smpp"] as const;

	it("ends each of its processes and deletes its log", async () => {
		const shortLived = await aLocalStack();
		const pids = names.map((name) => shortLived.pid(name));
		expect(pids.every(isAlive)).toBe(true);

		await shortLived.stop();

		expect(pids.filter(isAlive)).toEqual([]);
		expect(existsSync(shortLived.logFile)).toBe(false);
	});

	it("is signalled if an engine dies", async () => {
		const shortLived = await aLocalStack();

		process.kill(shortLived.pid("dynamodb"), "SIGKILL");

		expect(await shortLived.crashReason).toMatch(/^dynamodb ended/);
		await shortLived.stop();
		expect(existsSync(shortLived.logFile)).toBe(true);
		removeLog(shortLived.logFile);
	});

	it("follows the death of its supervisor", async () => {
		const supervisor = fork(join(root, "test/fixtures/local-stack/open-and-wait.ts"), { execArgv: [] });
		const [message] = await once(supervisor, "message");
		const { pids, logFile } = supervisorReady.parse(message);
		expect(pids.every(isAlive)).toBe(true);

		supervisor.kill("SIGKILL");

		await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
		removeLog(logFile);
	});
});
