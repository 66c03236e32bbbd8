import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, threadId } from "node:worker_threads";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { CallCounts } from "./call-counts.ts";
import { countsFolder } from "./call-counts.ts";

/**
 * Preloaded in each thread of the gateway: counts the calls of the AWS SDK, and their units of DynamoDB. Writes the counts to a file of the
 * thread every half second.
 */

type Command = { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> };
type Client = { prototype: { send(command: Command, ...rest: unknown[]): unknown } };

const counts: { -readonly [Key in keyof CallCounts]: CallCounts[Key] } = {
	calls: {},
	writeUnits: 0,
	readUnits: 0,
	invocations: 0,
};
let changed = false;

const octetsOf = (value: unknown) => JSON.stringify(value ?? "").length;
/** One unit for each started KB. JSON is a little longer than the stored item. */
const units = (values: readonly unknown[]) =>
	values.reduce<number>((sum, one) => sum + Math.ceil(octetsOf(one) / 1_024), 0);

function listsIn(requestItems: unknown): readonly unknown[] {
	return Object.values((requestItems ?? {}) as Record<string, unknown>).flatMap((list) =>
		Array.isArray(list) ? list : ((list as { Keys?: unknown[] }).Keys ?? []),
	);
}

/** A new message with its key of the search index, whose entry is another write. */
const isIndexed = /^INSERT .*'nk'/;

function countUnits({ constructor: { name }, input }: Command): void {
	if (name === "BatchExecuteStatementCommand") {
		const statements = input["Statements"] as { readonly Statement: string; readonly Parameters: unknown }[];
		counts.writeUnits += units(statements.map((one) => one.Parameters));
		counts.writeUnits += statements.filter(({ Statement }) => isIndexed.test(Statement)).length;
	}
	if (name === "BatchWriteItemCommand") counts.writeUnits += units(listsIn(input["RequestItems"]));
	if (name === "UpdateItemCommand") counts.writeUnits += 1;
	if (name === "BatchGetItemCommand") counts.readUnits += listsIn(input["RequestItems"]).length;
	if (name === "GetItemCommand" || name === "QueryCommand") counts.readUnits += 1;
}

function instrument(client: unknown): void {
	const { prototype } = client as Client;
	const { send } = prototype;
	prototype.send = function (this: unknown, command: Command, ...rest: unknown[]) {
		const name = command.constructor.name.replace(/Command$/, "");
		counts.calls[name] = (counts.calls[name] ?? 0) + 1;
		countUnits(command);
		changed = true;
		return send.call(this as never, command, ...rest);
	};
}

for (const client of [DynamoDBClient, SQSClient, SchedulerClient]) instrument(client);
parentPort?.on("message", (calls: unknown) => {
	counts.invocations += Array.isArray(calls) ? calls.length : 0;
});

const folder = countsFolder(process.ppid);
mkdirSync(folder, { recursive: true });
const file = join(folder, `${process.pid}-${threadId}.json`);
setInterval(() => {
	if (!changed) return;
	changed = false;
	writeFileSync(file, JSON.stringify(counts));
}, 500).unref();
