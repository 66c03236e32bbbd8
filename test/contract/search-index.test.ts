import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTables } from "#local/engines/create-resources.ts";
import type { StackPlan } from "#local/template/stack-plan.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoSearchIndex } from "#shared/aws/dynamo/dynamo-search-index.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { placeOf, type SearchEntry } from "#shared/domain/search/search-entry.ts";
import type { SearchIndex } from "#shared/usecases/search/search-index.ts";
import { aMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memorySearchIndex } from "#test/fakes/memory-search-index.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { awsEngine, type DynamoEngine, hasJava, localEngine, openLocalDynamoDb } from "./dynamo-engines.ts";

/** What each driver of the search index promises. */

const number = "77010000000";
const entry = (userName: string, at: number, messageId: number): SearchEntry => ({
	userName,
	at: mondayAtEleven + at,
	messageId,
});
/** Two of one instant, and accounts whose names begin alike. */
const own = [entry("demo", 1, 1), entry("demo", 2, 36), entry("demo", 2, 35), entry("demo", 3, 4), entry("demo", 4, 5)];
const others = [entry("dem", 5, 6), entry("demo2", 6, 7), entry("zebra", 0, 8)];

const messageOf = ({ userName, at, messageId }: SearchEntry, recipient = number): Message =>
	aMessage({ userName, acceptedAt: at, messageId, recipient });

async function onEngine({ client, tables, close }: DynamoEngine) {
	const table = tables["messages"] ?? "";
	const messages = dynamoMessages(client, table, () => mondayAtEleven, memoryLog(), true);
	await messages.insert([...own, ...others].map((one) => messageOf(one)));
	await messages.insert([messageOf(entry("demo", 9, 10), "77010000001"), messageOf(entry("demo", 9, 11), "no number")]);
	const unindexed = dynamoMessages(client, table, () => mondayAtEleven, memoryLog());
	await unindexed.insert([messageOf(entry("demo", 9, 12))]);
	const [changed] = own.map((one) => messageOf(one));
	if (changed) await messages.change([{ message: changed, change: { status: "SENT" } }]);
	return { index: dynamoSearchIndex(client, table, "by-recipient"), close };
}

const inMemory = async () => ({
	index: memorySearchIndex([...own, ...others].map((one) => ({ ...one, number }))) as SearchIndex,
	close: () => undefined as unknown,
});

describe.each([
	{ driver: "in memory", skipped: false, open: inMemory },
	{ driver: "on the local engine", skipped: false, open: async () => await onEngine(await localEngine()) },
	{ driver: "on AWS's DynamoDB Local", skipped: !hasJava, open: async () => await onEngine(await awsEngine()) },
])("the search index $driver", ({ skipped, open }) => {
	let index: SearchIndex;
	let close: () => unknown = () => undefined;

	beforeAll(async () => {
		if (!skipped) ({ index, close } = await open());
	});
	afterAll(async () => await close());

	const promise = skipped ? it.skip : it;
	const all = { number, userName: "demo", from: null, to: null, before: null, limit: 50 };
	const idsOf = ({ entries }: { readonly entries: readonly SearchEntry[] }) => entries.map((one) => one.messageId);

	promise("finds the messages of a number and an account, the newest first", async () => {
		expect(await index.entries(all)).toEqual({ entries: [...own].sort(byNewest), more: false });
		expect(idsOf(await index.entries({ ...all, userName: "dem" }))).toEqual([6]);
		expect(idsOf(await index.entries({ ...all, userName: "other" }))).toEqual([]);
		expect(idsOf(await index.entries({ ...all, number: "77019999999" }))).toEqual([]);
	});

	promise("goes on behind any entry, also between two of one instant", async () => {
		const seen: number[] = [];
		let before: string | null = null;
		for (let pages = 0; pages < 5; pages += 1) {
			const { entries } = await index.entries({ ...all, before, limit: 1 });
			seen.push(...entries.map((one) => one.messageId));
			before = placeOf(entries[0] ?? entry("demo", 0, 0));
		}

		expect(seen).toEqual([5, 4, 36, 35, 1]);
		expect(idsOf(await index.entries({ ...all, before }))).toEqual([]);
	});

	promise("says whether others follow", async () => {
		expect((await index.entries({ ...all, limit: 2 })).more).toBe(true);
		expect((await index.entries({ ...all, limit: 6 })).more).toBe(false);
	});

	promise("finds those of a period, with both of its ends", async () => {
		const period = { from: mondayAtEleven + 2, to: mondayAtEleven + 3 };

		expect(idsOf(await index.entries({ ...all, ...period }))).toEqual([4, 36, 35]);
		expect(idsOf(await index.entries({ ...all, from: period.to, to: period.from }))).toEqual([]);
	});

	promise("names the accounts that sent to a number, up to a bound", async () => {
		expect(await index.accounts(number, 10)).toEqual(["zebra", "demo2", "demo", "dem"]);
		expect(await index.accounts(number, 2)).toEqual(["zebra", "demo2"]);
		expect(await index.accounts("77019999999", 10)).toEqual([]);
	});
});

const byNewest = (one: SearchEntry, other: SearchEntry) => (placeOf(one) < placeOf(other) ? 1 : -1);

describe("the tables of a data folder from before the index", () => {
	it("get it at the start, with what they have", async () => {
		const engine = await openLocalDynamoDb(true);
		const call = awsJson("dynamodb", engine.url, "eu-central-1");
		const plan = (indexes: readonly object[]) => ({ tables: { items: { ...table, indexes } } }) as unknown as StackPlan;
		const table = {
			name: "items",
			keySchema: [{ AttributeName: "id", KeyType: "HASH" }],
			attributeDefinitions: ["id", "nr", "nk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
		};
		const index = {
			IndexName: "by-recipient",
			KeySchema: [
				{ AttributeName: "nr", KeyType: "HASH" },
				{ AttributeName: "nk", KeyType: "RANGE" },
			],
			Projection: { ProjectionType: "KEYS_ONLY" },
		};
		try {
			await createTables(plan([]), call);
			const indexed = { id: { S: "new" }, nr: { S: number }, nk: { S: "demo 1" } };
			for (const Item of [{ id: { S: "old" } }, indexed]) await call("PutItem", { TableName: "items", Item });

			await createTables(plan([index]), call);
			await createTables(plan([index]), call);
			await createTables(plan([]), call);

			const values = { ":n": { S: number } };
			const query = { TableName: "items", IndexName: "by-recipient", KeyConditionExpression: "nr = :n" };
			expect((await call("Query", { ...query, ExpressionAttributeValues: values }))["Items"]).toEqual([indexed]);
			const other = { ...index, KeySchema: [{ AttributeName: "nk", KeyType: "HASH" }] };
			await expect(createTables(plan([other]), call)).rejects.toThrow("other keys or indexes");
		} finally {
			await engine.close();
		}
	});
});
