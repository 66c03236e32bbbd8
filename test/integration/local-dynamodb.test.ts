import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { type AwsJson, awsJson } from "#local/wire/aws-json.ts";

/** The local stack's DynamoDB as a process that dies. */
let folder: string;
let running: ChildProcess | undefined;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "smsgw-dynamodb-"));
});
afterEach(async () => {
	await kill();
	rmSync(folder, { recursive: true });
});

async function start(kind: "durable" | "temporary"): Promise<AwsJson> {
	running = fork(join(root, "test/fixtures/dynamodb-process.ts"), [folder, kind], { execArgv: [] });
	const [url] = await once(running, "message");
	return awsJson("dynamodb", String(url), "eu-central-1");
}

async function kill(): Promise<void> {
	if (running?.exitCode === null && running.signalCode === null) {
		running.kill("SIGKILL");
		await once(running, "exit");
	}
	running = undefined;
}

const table = {
	TableName: "items",
	KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
	AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
	BillingMode: "PAY_PER_REQUEST",
};
const itemOf = (N: number) => ({ id: { N: String(N) }, text: { S: "x".repeat(500) } });
const insertion = (id: number) => ({
	Statement: `INSERT INTO "items" VALUE {'id': ?, 'text': ?}`,
	Parameters: Object.values(itemOf(id)),
});

describe.each(["durable", "temporary"] as const)("a %s local DynamoDB", (kind) => {
	it("has every write that it answered, after it was killed in the middle of others", async () => {
		const call = await start(kind);
		await call("CreateTable", table);
		const answered: number[] = [];
		const writer = async (first: number) => {
			for (let id = first; ; id += 8) {
				await call("BatchExecuteStatement", { Statements: [insertion(id)] });
				answered.push(id);
				if (answered.length === 200) await kill();
			}
		};
		await Promise.allSettled(Array.from({ length: 8 }, (_, first) => writer(first)));

		const again = await start(kind);
		const missing: number[] = [];
		for (const id of answered) {
			const { Item } = await again("GetItem", { TableName: "items", Key: { id: { N: String(id) } } });
			if (Item === undefined) missing.push(id);
		}

		expect(answered.length).toBeGreaterThanOrEqual(200);
		expect(missing).toEqual([]);
	});

	it("lets one of many writers at once insert an item, and shows the item to all that failed", async () => {
		const call = await start(kind);
		await call("CreateTable", table);

		const inserted = await Promise.all(
			Array.from({ length: 50 }, async () => {
				const { Responses } = await call("BatchExecuteStatement", { Statements: [insertion(1)] });
				const { Item } = await call("GetItem", { TableName: "items", Key: { id: { N: "1" } }, ConsistentRead: true });
				expect(Item).toEqual(itemOf(1));
				return (Responses as readonly { readonly Error?: object }[])[0]?.Error === undefined;
			}),
		);

		expect(inserted.filter(Boolean)).toHaveLength(1);
	});

	it("counts each of many increments at once", async () => {
		const call = await start(kind);
		await call("CreateTable", table);
		const increment = {
			TableName: "items",
			Key: { id: { N: "1" } },
			UpdateExpression: "ADD n :one",
			ExpressionAttributeValues: { ":one": { N: "1" } },
		};

		await Promise.all(Array.from({ length: 100 }, async () => await call("UpdateItem", increment)));

		const { Items } = await call("Scan", { TableName: "items" });
		expect(Items).toEqual([{ id: { N: "1" }, n: { N: "100" } }]);
	});
});

describe("a local DynamoDB", () => {
	it.each([
		[
			"Query",
			{ TableName: "items", KeyConditionExpression: "id = :id", FilterExpression: "n > :n" },
			/FilterExpression of Query/,
		],
		[
			"UpdateItem",
			{ TableName: "items", Key: { id: { N: "1" } }, UpdateExpression: "SET a.b = :v" },
			/in the expression/,
		],
		["PutItem", { TableName: "items", Item: { id: { N: "1" }, b: { B: "aGk=" } } }, /the type B/],
		["BatchExecuteStatement", { Statements: [{ Statement: `SELECT * FROM "items"` }] }, /SELECT/],
	])("refuses by name what it does not support: %s", async (operation, input, message) => {
		const call = await start("temporary");
		await call("CreateTable", table);

		await expect(call(operation, input)).rejects.toThrow(message);
		await expect(call(operation, input)).rejects.toMatchObject({ name: "NotSupported" });
	});
});
