import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonical } from "#local/engines/dynamodb/decimals.ts";
import { type AwsError, awsJson } from "#local/wire/aws-json.ts";
import { sizeOf } from "#test/size-of.ts";
import { hasJava, openAwsDynamoDb, openLocalDynamoDb, type RunningEngine } from "./dynamo-engines.ts";
import { calledTables, type DynamoCall, generatedCalls } from "./dynamodb-calls.ts";

/** The local stack's DynamoDB answers as AWS's own DynamoDB Local does, but for what `comparable` leaves out. */

type Answer = Readonly<Record<string, unknown>>;
type Execute = (call: DynamoCall) => Promise<Answer>;

const engines: RunningEngine[] = [];
let local: Execute;
let aws: Execute;

beforeAll(async () => {
	if (!hasJava) return;
	engines.push(await openLocalDynamoDb(false), await openAwsDynamoDb());
	const [first, second] = await Promise.all(engines.map(withTables));
	[local, aws] = [first as Execute, second as Execute];
});

afterAll(async () => {
	for (const engine of engines) await engine.close();
});

async function withTables({ url }: RunningEngine): Promise<Execute> {
	const call = awsJson("dynamodb", url, "eu-central-1");
	for (const table of calledTables) await call("CreateTable", { ...table, BillingMode: "PAY_PER_REQUEST" });
	return async ({ operation, input }) =>
		await call(operation, input).catch((error: AwsError) => ({ error: error.name, message: error.message }));
}

const counted = new Set(["GetItem", "PutItem", "UpdateItem", "DeleteItem"]);

/**
 * Left out: texts of errors; capacity, where DynamoDB Local does not count as DynamoDB's documentation says (of batches, of pages,
 * of missing items, of items in an index); the order of a scan, of a batch, of a set, and of equal keys of an index.
 */
function comparable({ operation, input }: DynamoCall, { message: _, ConsumedCapacity, ...answer }: Answer): unknown {
	const isCounted =
		counted.has(operation) && "ReturnConsumedCapacity" in input && input["TableName"] !== "sorted-texts";
	const { Items, Responses } = answer;
	const hasOrder = operation === "Query" && !("IndexName" in input);
	return plain({
		...answer,
		...(isCounted && { ConsumedCapacity }),
		...(Array.isArray(Items) && { Items: hasOrder ? Items : inOrder(Items) }),
		...(Array.isArray(Responses) && { Responses: Responses.map(withoutText) }),
		...(operation === "BatchGetItem" && Responses !== undefined && { Responses: eachInOrder(Responses as object) }),
	});
}

const inOrder = (items: readonly unknown[]) => items.map((item) => JSON.stringify(plain(item))).sort();
const eachInOrder = (lists: object) =>
	Object.fromEntries(Object.entries(lists).map(([name, items]) => [name, inOrder(items)]));

function withoutText({ Error: error, ...others }: { readonly Error?: { readonly Code: string } }) {
	return error === undefined ? others : { ...others, Error: error.Code };
}

/** Names in order, and numbers in one form: DynamoDB Local keeps numbers of a list or statement as they were given. */
function plain(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value !== "object" || value === null) return value;
	const fields = Object.entries(value).map(([name, field]) => [name, plainField(name, field)] as const);
	return Object.fromEntries(fields.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function plainField(name: string, field: unknown): unknown {
	if (name === "N" && typeof field === "string") return canonical(field);
	if (name === "NS" && Array.isArray(field)) return field.map(canonical).sort();
	return name === "SS" && Array.isArray(field) ? [...field].sort() : plain(field);
}

async function differences(calls: readonly DynamoCall[]) {
	const found: unknown[] = [];
	for (const call of calls) {
		const [ours, theirs] = [comparable(call, await local(call)), comparable(call, await aws(call))];
		if (JSON.stringify(ours) !== JSON.stringify(theirs)) found.push({ call, ours, theirs });
	}
	return found;
}

const promise = hasJava ? it : it.skip;

describe("the local DynamoDB answers as AWS's", () => {
	promise("for generated calls of each operation, right and wrong", { timeout: 600_000 }, async () => {
		const calls = generatedCalls(sizeOf({ merge: 200, nightly: 2_000 }), 1);

		expect((await differences(calls)).slice(0, 3)).toEqual([]);
	});

	const long = (octets: number) => ({ S: "x".repeat(octets) });
	const id = (N: number) => ({ id: { N: String(N) } });
	const put = (Item: object): DynamoCall => ({ operation: "PutItem", input: { TableName: "by-number", Item } });
	const sorted = (p: number, r: number): DynamoCall => ({
		operation: "PutItem",
		input: { TableName: "sorted-texts", Item: { p: long(p), r: long(r) } },
	});

	promise.each<[what: string, calls: readonly DynamoCall[]]>([
		[
			"of the largest item, and one that is larger",
			[put({ ...id(1), v: long(409_595) }), put({ ...id(1), v: long(409_596) })],
		],
		[
			"of the longest keys, and longer ones",
			[sorted(2_048, 1_024), sorted(2_049, 1), sorted(1, 1_025), sorted(2_048, 1_024)],
		],
		[
			"of an update that makes an item too large",
			[
				put({ ...id(2), v: long(400_000) }),
				{
					operation: "UpdateItem",
					input: {
						TableName: "by-number",
						Key: id(2),
						UpdateExpression: "SET w = :w",
						ExpressionAttributeValues: { ":w": long(10_000) },
					},
				},
			],
		],
		["of an item nested too deeply", [put({ ...id(3), v: nested(31) }), put({ ...id(3), v: nested(33) })]],
		["of a table that does not exist", [{ operation: "GetItem", input: { TableName: "other", Key: id(1) } }]],
		["of an operation that does not exist", [{ operation: "FetchItem", input: { TableName: "by-number" } }]],
		["of a call without its table", [{ operation: "GetItem", input: { Key: id(1) } }]],
		[
			"of a table that exists",
			[{ operation: "CreateTable", input: { ...calledTables[0], BillingMode: "PAY_PER_REQUEST" } }],
		],
		["of the names of all tables", [{ operation: "ListTables", input: {} }]],
	])("%s", async (_, calls) => {
		expect(await differences(calls)).toEqual([]);
	});

	promise("page by page, in both orders, in a table and in an index", async () => {
		const item = (n: number) => ({
			p: { S: "pages" },
			r: { S: `r${n % 7}${n}` },
			a: { S: "pages" },
			n: { N: String(n) },
		});
		const requests = Array.from({ length: 20 }, (_, n) => ({ PutRequest: { Item: item(n) } }));
		const write = { operation: "BatchWriteItem", input: { RequestItems: { "sorted-texts": requests } } };
		const pages = async (execute: Execute, IndexName: string | undefined, ScanIndexForward: boolean) => {
			const found: unknown[] = [];
			let after: unknown;
			do {
				const input = {
					TableName: "sorted-texts",
					KeyConditionExpression: "#p = :p",
					ExpressionAttributeNames: { "#p": IndexName === undefined ? "p" : "a" },
					ExpressionAttributeValues: { ":p": { S: "pages" } },
					ScanIndexForward,
					Limit: 3,
					...(IndexName !== undefined && { IndexName }),
					...(after !== undefined && { ExclusiveStartKey: after }),
				};
				const { Items, LastEvaluatedKey } = await execute({ operation: "Query", input });
				found.push(plain(Items));
				after = LastEvaluatedKey;
			} while (after !== undefined);
			return found;
		};
		for (const execute of [local, aws]) await execute(write);

		for (const [index, isForward] of [
			[undefined, true],
			[undefined, false],
			["by-a", true],
			["by-a", false],
		] as const) {
			const ours = await pages(local, index, isForward);
			expect(ours).toEqual(await pages(aws, index, isForward));
			expect(ours.flat()).toHaveLength(20);
		}
	});
});

const sizes = [
	{ rows: 45, octets: 400_000 },
	{ rows: 400, octets: 3_000 },
] as const;

describe("the local DynamoDB gives as much in an answer as AWS's", () => {
	const keyOf = (octets: number, row: number) => ({ p: { S: `of ${octets}` }, r: { S: String(row).padStart(3, "0") } });

	promise.each(sizes)("of $rows items of $octets octets", async ({ rows, octets }) => {
		const keys = Array.from({ length: rows }, (_, row) => keyOf(octets, row));
		const text = "x".repeat(octets);
		const amounts = async (execute: Execute) => {
			for (let from = 0; from < rows; from += 25) {
				const requests = keys
					.slice(from, from + 25)
					.map((key) => ({ PutRequest: { Item: { ...key, v: { S: text } } } }));
				await execute({ operation: "BatchWriteItem", input: { RequestItems: { "sorted-texts": requests } } });
			}
			const Keys = keys.slice(0, 100);
			const batch = await execute({ operation: "BatchGetItem", input: { RequestItems: { "sorted-texts": { Keys } } } });
			const { Count, LastEvaluatedKey } = await execute({
				operation: "Query",
				input: {
					TableName: "sorted-texts",
					KeyConditionExpression: "p = :p",
					ExpressionAttributeValues: { ":p": keys[0]?.p },
				},
			});
			const { Responses, UnprocessedKeys } = batch as Record<string, Record<string, { Keys?: unknown[] }>>;
			const [found, left] = [Responses?.["sorted-texts"], UnprocessedKeys?.["sorted-texts"]?.Keys ?? []];
			return { found: (found as unknown as unknown[]).length, left: left.length, Count, LastEvaluatedKey };
		};

		expect(await amounts(local)).toEqual(await amounts(aws));
	});
});

function nested(depth: number): object {
	return depth === 1 ? { S: "x" } : { L: [nested(depth - 1)] };
}
