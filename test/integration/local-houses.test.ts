import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { root } from "#infra/entries.ts";
import { openHouse } from "#local/house.ts";
import type { House, HouseOptions } from "#local/house-options.ts";
import { account } from "#local/template/local-world.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import type { Behaved, Wish } from "#test/fixtures/house/behave.ts";
import { emptyRooms } from "#test/fixtures/house/entries.ts";

const region = "eu-central-1";
const aHouse = async (options: HouseOptions = {}) => await openHouse({ entries: emptyRooms, ...options });
const eventually = async (holds: () => unknown) => await vi.waitFor(holds, { timeout: 30_000, interval: 20 });
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

let house: House;
let other: House;

beforeAll(async () => {
	[house, other] = await Promise.all([
		aHouse({ stage: { receiptsVisibilitySeconds: 1, looksVisibilitySeconds: 1 } }),
		aHouse({ endpoints: (process, service, url) => `${url}/${service}-of-${process}` }),
	]);
});

afterAll(async () => {
	await Promise.all([house?.stop(), other?.stop()]);
});

const sqsOf = ({ endpoints }: House) => awsJson("sqs", endpoints.sqs, region);
const queueUrl = ({ plan }: House, role: string) => plan.queues[role]?.url ?? expect.fail(role);
const forget = (logFile: string) => rmSync(dirname(logFile), { recursive: true });
const isAlive = (pid: number) => existsSync(`/proc/${pid}`);

async function send(to: House, role: string, wish: Wish): Promise<void> {
	await sqsOf(to)("SendMessage", { QueueUrl: queueUrl(to, role), MessageBody: JSON.stringify(wish) });
}

async function told(by: House, path: string): Promise<number> {
	const received = (await (await fetch(`${by.sinkUrl}/received`)).json()) as { readonly path: string }[];
	return received.filter((one) => one.path === path).length;
}

async function waitingIn(of: House, role: string): Promise<number> {
	const AttributeNames = ["ApproximateNumberOfMessages"];
	const { Attributes } = await sqsOf(of)("GetQueueAttributes", { QueueUrl: queueUrl(of, role), AttributeNames });
	return Number((Attributes as Record<string, string>)["ApproximateNumberOfMessages"]);
}

async function keptOf(of: House, table: string): Promise<readonly string[]> {
	const { Items } = await awsJson("dynamodb", of.endpoints.dynamodb, region)("Scan", { TableName: table });
	return (Items as { user_name: { S: string } }[]).map(({ user_name }) => user_name.S);
}

async function askApi(of: House, wish: Wish = {}): Promise<Behaved> {
	const headers = { "content-type": "application/json" };
	const response = await fetch(`${of.url}/messages`, { method: "POST", body: JSON.stringify(wish), headers });
	return (await response.json()) as Behaved;
}

describe("a house", () => {
	it("answers by its API as soon as it is open", async () => {
		expect(await askApi(house)).toMatchObject({ functionName: "smsgw-local-post-message" });
	});

	it("has every queue of the template, set as the template sets it", async () => {
		const { QueueUrls } = await sqsOf(house)("ListQueues", {});
		const QueueUrl = queueUrl(house, "receipts");
		const { Attributes } = await sqsOf(house)("GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] });

		expect(QueueUrls).toHaveLength(Object.keys(house.plan.queues).length);
		expect(Attributes).toMatchObject({ VisibilityTimeout: "1", MessageRetentionPeriod: "864000" });
		expect(JSON.parse((Attributes as { RedrivePolicy: string }).RedrivePolicy)).toEqual({
			deadLetterTargetArn: `arn:aws:sqs:${region}:${account}:smsgw-local-receipts-dead`,
			maxReceiveCount: 1_000,
		});
	});

	it("has every table of the template", async () => {
		const { TableNames } = await awsJson("dynamodb", house.endpoints.dynamodb, region)("ListTables", {});

		expect(TableNames).toEqual(
			Object.values(house.plan.tables)
				.map(({ name }) => name)
				.sort(),
		);
	});

	it("feeds a function from its queue, and again when it failed", async () => {
		await send(house, "receipts", { tell: `${house.sinkUrl}/failing`, mishap: "throw" });
		await send(house, "receipts", { tell: `${house.sinkUrl}/working` });

		await eventually(async () => expect(await told(house, "/failing")).toBeGreaterThanOrEqual(2));
		expect(await told(house, "/working")).toBe(1);
	});

	it("moves what fails too often to the dead letters", async () => {
		await send(house, "looks", { mishap: "throw" });

		await eventually(async () => expect(await waitingIn(house, "looks-dead")).toBeGreaterThanOrEqual(1));
	});

	it("has the template's schedule, and invokes a function by a schedule", async () => {
		const client = new SchedulerClient({ endpoint: house.endpoints.scheduler, region, credentials });
		const sweep = await client.send(new GetScheduleCommand({ Name: "smsgw-local-sweep" }));
		expect(sweep.ScheduleExpression).toBe("cron(7,22,37,52 * * * ? *)");

		const schedule = {
			ScheduleExpression: "at(2020-01-01T00:00:00)",
			FlexibleTimeWindow: { Mode: "OFF" },
			Target: { ...sweep.Target, Input: JSON.stringify({ tell: `${house.sinkUrl}/scheduled` }) },
		};
		await fetch(`${house.endpoints.scheduler}/schedules/now`, { method: "POST", body: JSON.stringify(schedule) });

		await eventually(async () => expect(await told(house, "/scheduled")).toBe(1));
		client.destroy();
	});

	it("fills a queue by a schedule", async () => {
		const schedule = {
			ScheduleExpression: "at(2020-01-01T00:00:00)",
			FlexibleTimeWindow: { Mode: "OFF" },
			Target: { Arn: house.plan.queues["lane-tele2-bulk"]?.arn, RoleArn: "r", Input: "by schedule" },
		};
		await fetch(`${house.endpoints.scheduler}/schedules/fill`, { method: "POST", body: JSON.stringify(schedule) });

		await eventually(async () => expect(await waitingIn(house, "lane-tele2-bulk")).toBe(1));
	});

	it("starts the process of the functions again, at the same address, when it is killed", async () => {
		const before = house.pid("lambdas");

		await house.kill("lambdas");
		await send(house, "receipts", { tell: `${house.sinkUrl}/after-the-kill` });

		await eventually(async () => expect(await told(house, "/after-the-kill")).toBe(1));
		expect((await askApi(house)).calls).toBe(1);
		expect(house.pid("lambdas")).not.toBe(before);
		expect(isAlive(before)).toBe(false);
	});

	it("starts the SMPP service again when it is killed", async () => {
		const before = house.pid("smpp");

		await house.kill("smpp");

		await eventually(() => expect(house.pid("smpp")).not.toBe(before));
		expect(isAlive(before)).toBe(false);
	});

	it("refuses a function what its role does not allow, as AWS would, says so in the log, and writes nothing", async () => {
		const table = house.plan.tables["credentials"]?.name ?? expect.fail("credentials");
		const queue = queueUrl(house, "receipts-dead");

		const { answers } = await askApi(house, { trespass: { table, queueUrl: queue } });

		expect(answers).toEqual(Array(3).fill("AccessDeniedException"));
		const log = readFileSync(house.logFile, "utf8").split("\n");
		const refused = log.filter((line) => line.includes("call.refused")).map((line) => JSON.parse(line).action);
		expect(refused.sort()).toEqual(["dynamodb:PutItem", "scheduler:CreateSchedule", "sqs:SendMessage"]);
		expect(await keptOf(house, table)).not.toContain("intruder");
		expect(await waitingIn(house, "receipts-dead")).toBe(0);
		const schedule = await fetch(`${house.endpoints.scheduler}/schedules/intruder`);
		expect(schedule.status).toBe(404);
	});

	it("lets all do all where it is told to", async () => {
		const open = await aHouse({ permissions: "open" });
		const table = open.plan.tables["credentials"]?.name ?? expect.fail("credentials");

		const { answers } = await askApi(open, { trespass: { table, queueUrl: queueUrl(open, "receipts-dead") } });

		expect(answers).toEqual(Array(3).fill("written"));
		await open.stop();
	});

	it("puts between a process and an engine what a test wants there, and nothing otherwise", async () => {
		expect((await askApi(other)).dynamodb).toBe(`${other.endpoints.dynamodb}/dynamodb-of-lambdas`);
		expect((await askApi(house)).dynamodb).toBe(house.endpoints.dynamodb);
	});
});

describe("two houses", () => {
	it("have nothing in common", async () => {
		await send(house, "lane-kcell-urgent", {});

		expect(await waitingIn(house, "lane-kcell-urgent")).toBe(1);
		expect(await waitingIn(other, "lane-kcell-urgent")).toBe(0);
		expect(await waitingIn(other, "looks-dead")).toBe(0);
		expect(house.endpoints).not.toEqual(other.endpoints);
	});
});

describe("the end of a house", () => {
	const names = ["dynamodb", "engines", "operators", "sink", "lambdas", "smpp"] as const;

	it("is the end of every process of it, and of its log", async () => {
		const short = await aHouse();
		const pids = names.map((name) => short.pid(name));
		expect(pids.every(isAlive)).toBe(true);

		await short.stop();

		expect(pids.filter(isAlive)).toEqual([]);
		expect(existsSync(short.logFile)).toBe(false);
	});

	it("is told when an engine dies, for it cannot stand without", async () => {
		const short = await aHouse();

		process.kill(short.pid("dynamodb"), "SIGKILL");

		expect(await short.fallen).toMatch(/^dynamodb fell/);
		await short.stop();
		expect(existsSync(short.logFile)).toBe(true);
		forget(short.logFile);
	});

	it("comes also when its supervisor is killed", async () => {
		const supervisor = fork(join(root, "test/fixtures/house/open-and-wait.ts"), { execArgv: [] });
		const [{ pids, logFile }] = (await once(supervisor, "message")) as [{ pids: readonly number[]; logFile: string }];
		expect(pids.every(isAlive)).toBe(true);

		supervisor.kill("SIGKILL");

		await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
		forget(logFile);
	});

	it("comes before its beginning when a door cannot be loaded, and says which", async () => {
		const opening = openHouse({ entries: { ...emptyRooms, doors: "test/fixtures/house/broken-doors" } });

		const { message } = await opening.then(
			() => expect.fail("it opened"),
			(error: Error) => error,
		);
		expect(message).toMatch(/broken-doors\/.+ could not be loaded: .*\(log: .*house\.log\)/);
		forget(message.slice(message.lastIndexOf("log: ") + 5, -1));
	});
});
