import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Item, putItems, readItems } from "#shared/aws/dynamo/dynamo-items.ts";
import { restoredItems, writeAbsentItems } from "#shared/aws/dynamo/dynamo-restored.ts";
import type { LaneUrls } from "#shared/aws/sqs/sqs-lanes.ts";
import { filledTables } from "#shared/contracts/filled-tables.ts";
import { start } from "#shared/usecases/restore/walk-table.ts";
import { restoreOnAws } from "#shared/wiring/restore-on-aws.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { awsEngine, type DynamoEngine, hasJava, localEngine, simulatedEngine } from "./dynamo-engines.ts";

const now = Date.UTC(2026, 10, 28);
const rows = 60;
const names = Array.from({ length: rows }, (_, index) => `account ${String(index).padStart(3, "0")}`);
const rowOf = (name: string, account: string): Item => ({ user_name: { S: name }, account: { S: account } });

describe.each([
	{ driver: "on the simulated engine", skipped: false, open: async () => simulatedEngine() },
	{ driver: "on the local engine", skipped: false, open: localEngine },
	{ driver: "on AWS's DynamoDB Local", skipped: !hasJava, open: awsEngine },
])("a restored table $driver", ({ skipped, open }) => {
	let engine: DynamoEngine;
	beforeAll(async () => {
		if (!skipped) engine = await open();
	});
	afterAll(() => engine?.close());
	const promise = skipped ? it.skip : it;

	const table = (role: string) => engine.tables[role] ?? "";

	promise("gives each row once, page by page, without those past their time to live", async () => {
		const { client } = engine;
		const expired = { ...rowOf("expired", "x"), ttl: { N: String(now / 1_000 - 1) } };
		await putItems(client, table("accounts"), [...names.map((name) => rowOf(name, "restored")), expired]);
		const restored = restoredItems({ client, table: table("accounts"), now: () => now, pageRows: 7 });

		const found: (string | undefined)[] = [];
		for (let from: string | null = null, isDone = false; !isDone; ) {
			const page = await restored.page(from);
			expect(page.rows.length).toBeLessThanOrEqual(7);
			found.push(...page.rows.map(({ user_name }) => user_name?.S));
			from = page.next;
			isDone = from === null;
		}

		expect(found.sort()).toEqual(names);
	});

	promise("fills a table and leaves the rows that it has as they are", async () => {
		const { client } = engine;
		const target = table("credentials");
		const [first = "", second = ""] = names;
		await putItems(client, target, [rowOf(first, "newer")]);

		const both = [rowOf(first, "restored"), rowOf(second, "restored")];
		expect(await writeAbsentItems(client, target, "user_name", both)).toBe(1);
		expect(await writeAbsentItems(client, target, "user_name", both)).toBe(0);

		const kept = await readItems(
			client,
			target,
			[first, second].map((name) => ({ user_name: { S: name } })),
		);
		const texts = new Map(kept.map(({ user_name, account }) => [user_name?.S, account?.S]));
		expect(texts).toEqual(
			new Map([
				[first, "newer"],
				[second, "restored"],
			]),
		);
	});

	promise("is filled for each role, and of leases with the switches of paused operators only", async () => {
		const { client } = engine;
		const leases = ["switch#kcell", "kcell#0", "session#demo#0"].map((lease): Item => ({ lease: { S: lease } }));
		await putItems(client, table("leases"), leases);
		const walking = { ...{ progress: { of: () => start, save: () => undefined }, now: () => 0 }, rowsPerSecond: 1 };

		const { tables } = restoreOnAws(
			{
				...{ dynamo: client, sqs: new SQSClient({ region: "local" }), isStopped: true, log: memoryLog() },
				...{ table, restoredTable: table, laneUrls: {} as LaneUrls, reportsUrl: "", incomingUrl: "" },
			},
			{ ...walking, pause: async () => undefined },
		);
		const page = await tables.find(({ role }) => role === "leases")?.restored.page(null);

		expect(tables.map(({ role }) => role)).toEqual(Object.keys(filledTables));
		expect(page?.rows).toEqual([{ lease: { S: "switch#kcell" } }]);
	});
});
