import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { backUp } from "#local/control/back-up.ts";
import { backupStep, dynamoReady, type EnginesStart, enginesReady } from "#local/engines/engine-messages.ts";
import { type Child, startChild } from "#local/processes/child.ts";
import { type AwsJson, awsJson } from "#local/wire/aws-json.ts";

const region = "eu-central-1";
const TableName = "tokens";

type Engines = {
	readonly children: { readonly dynamodb: Child; readonly engines: Child };
	readonly onTable: AwsJson;
	readonly onQueue: AwsJson;
	stop(): Promise<void>;
};

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "smsgw-backup-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The engines' processes on a folder, with a table and a queue. */
async function openEngines(data: string): Promise<Engines> {
	const start = (name: string, entry: string) => {
		mkdirSync(join(data, name), { recursive: true });
		const child = startChild({ entry, env: {}, logFd: openSync(join(folder, "log"), "a") });
		onTestFinished(() => child.kill());
		const own: EnginesStart = { region, permissions: "open", folder: join(data, name), isDurable: true };
		child.sendMessage(own);
		return child;
	};
	const children = {
		dynamodb: start("dynamodb", "local/engines/dynamodb/main.ts"),
		engines: start("engines", "local/engines/main.ts"),
	};
	const { url } = await children.dynamodb.nextMessage(dynamoReady);
	const { sqs } = await children.engines.nextMessage(enginesReady);
	const [onTable, onQueue] = [awsJson("dynamodb", url, region), awsJson("sqs", sqs, region)];
	await onTable("CreateTable", {
		TableName,
		KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
		AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
		BillingMode: "PAY_PER_REQUEST",
	}).catch(() => undefined);
	const stop = async () => {
		await Promise.all(Object.values(children).map(async (child) => await child.stop(5_000)));
	};
	return { children, onTable, onQueue, stop };
}

const put = async ({ onTable }: Engines, id: string) =>
	await onTable("PutItem", { TableName, Item: { id: { S: id }, padding: { S: "x".repeat(500) } } });

const tokens = Array.from({ length: 8 }, (_, index) => `token-${index}`);

async function queueOf({ onQueue }: Engines, token: string): Promise<unknown> {
	const { QueueUrl } = await onQueue("CreateQueue", { QueueName: token });
	return QueueUrl;
}

/** Moves a token between the engines as the gateway moves messages: it is in the new place before it leaves the old one. */
async function moveUntil(engines: Engines, token: string, isDone: () => boolean, onMoved: () => void): Promise<void> {
	const { onTable, onQueue } = engines;
	const QueueUrl = await queueOf(engines, token);
	await put(engines, token);
	while (!isDone()) {
		await onQueue("SendMessage", { QueueUrl, MessageBody: token });
		await onTable("DeleteItem", { TableName, Key: { id: { S: token } } });
		const { Messages = [] } = await onQueue("ReceiveMessage", { QueueUrl });
		const [entry] = Messages as readonly { readonly ReceiptHandle: string }[];
		await put(engines, token);
		await onQueue("DeleteMessageBatch", { QueueUrl, Entries: [{ Id: "0", ReceiptHandle: entry?.ReceiptHandle }] });
		onMoved();
	}
}

async function idsIn(engines: Engines): Promise<ReadonlySet<string>> {
	const { Items } = await engines.onTable("Scan", { TableName, ConsistentRead: true });
	const found = new Set((Items as readonly { readonly id: { readonly S: string } }[]).map(({ id }) => id.S));
	for (const token of tokens) {
		const { Messages = [] } = await engines.onQueue("ReceiveMessage", { QueueUrl: await queueOf(engines, token) });
		if ((Messages as readonly unknown[]).length > 0) found.add(token);
	}
	return found;
}

describe("a backup while the engines work", () => {
	it("has everything that was acknowledged before, and everything that moved between the engines meanwhile", async () => {
		const running = await openEngines(join(folder, "data"));
		let isDone = false;
		let moves = 0;
		onTestFinished(() => {
			isDone = true;
		});
		const onMoved = () => {
			moves += 1;
		};
		const moving = tokens.map(async (token) => await moveUntil(running, token, () => isDone, onMoved));
		const acknowledged: string[] = [];
		const writing = (async () => {
			for (let number = 0; !isDone; number += 1) {
				await put(running, `row-${number}`);
				acknowledged.push(`row-${number}`);
			}
		})();

		const backups: { readonly path: string; readonly before: readonly string[] }[] = [];
		for (let number = 0; number < 4; number += 1) {
			const movesBefore = moves;
			await vi.waitFor(() => expect(moves).toBeGreaterThan(movesBefore + 2 * tokens.length), { timeout: 20_000 });
			const path = join(folder, `copy-${number}`);
			const before = [...acknowledged];
			const report = await backUp({ engines: running.children, secrets: () => ({ some: "secret" }) }, path);
			expect(report).toMatchObject({ folder: path, octets: expect.any(Number) });
			backups.push({ path, before });
		}
		isDone = true;
		await Promise.all([...moving, writing]);
		await running.stop();

		for (const { path, before } of backups) {
			const restored = await openEngines(path);
			const found = await idsIn(restored);
			await restored.stop();
			expect([...tokens, ...before].filter((id) => !found.has(id))).toEqual([]);
		}
	}, 60_000);

	it("changes nothing and leaves no folder behind if the name is taken, or the copy cannot be made", async () => {
		const running = await openEngines(join(folder, "data"));
		const engines = running.children;

		await expect(backUp({ engines, secrets: () => ({}) }, folder)).rejects.toThrow(/exists: give the name of a new/);
		await expect(backUp({ engines, secrets: () => ({}) }, "/proc/none")).rejects.toThrow(/cannot be created: ENOENT/);
		await put(running, "after");

		expect(await idsIn(running)).toEqual(new Set(["after"]));
		await running.stop();
	});

	it("works after one that failed while an engine was slow", async () => {
		const running = await openEngines(join(folder, "data"));
		const entry = "test/fixtures/local-stack/fails-to-copy.ts";
		const broken = startChild({ entry, env: {}, logFd: openSync("/dev/null", "a") });
		onTestFinished(() => broken.kill());
		broken.sendMessage({ id: randomUUID() });
		await broken.nextMessage(backupStep);
		const secrets = () => ({});
		process.kill(running.children.dynamodb.pid, "SIGSTOP");
		setTimeout(() => process.kill(running.children.dynamodb.pid, "SIGCONT"), 300);

		const failed = backUp({ engines: { ...running.children, broken }, secrets }, join(folder, "failed"));
		await expect(failed).rejects.toThrow("the copy failed: ENOSPC");
		for (const name of ["first", "second"]) {
			await backUp({ engines: running.children, secrets }, join(folder, name));
		}

		expect(readdirSync(folder).toSorted()).toEqual(["data", "first", "log", "second"]);
		await running.stop();
	});

	it("leaves a folder alone that has the name of a partial copy", async () => {
		const kept = join(folder, "copy.partial", "photos");
		mkdirSync(kept, { recursive: true });

		const backup = backUp({ engines: {}, secrets: () => ({}) }, join(folder, "copy"));

		await expect(backup).rejects.toThrow(/copy\.partial exists/);
		expect(existsSync(kept)).toBe(true);
	});
});
