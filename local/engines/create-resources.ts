import { isDeepStrictEqual } from "node:util";
import { authorizationOf, localStackKey } from "../permissions/callers.ts";
import type { StackPlan } from "../template/stack-plan.ts";
import { AwsError, type AwsJson, awsJson } from "../wire/aws-json.ts";

export type EngineUrls = { readonly dynamodb: string; readonly sqs: string; readonly scheduler: string };

/** Creates what the plan has. What exists already, from an earlier run on the same data, gets the plan's settings. */
export async function createResources(
	plan: StackPlan,
	{ dynamodb, sqs, scheduler }: EngineUrls,
	region: string,
	key = localStackKey,
): Promise<void> {
	await Promise.all([
		createTables(plan, awsJson("dynamodb", dynamodb, region, key)),
		createQueues(plan, awsJson("sqs", sqs, region, key)),
		createSchedules(plan, scheduler, authorizationOf(key, region, "scheduler")),
	]);
}

type Table = StackPlan["tables"][string];

/** Creates tables, and the indexes that existing ones lack. An index that the plan does not have stays: it costs nothing. */
export async function createTables(plan: StackPlan, dynamodb: AwsJson): Promise<void> {
	for (const table of Object.values(plan.tables)) {
		await createTable(table, dynamodb);
		if (table.ttlAttribute === undefined) continue;
		await dynamodb("UpdateTimeToLive", {
			TableName: table.name,
			TimeToLiveSpecification: { AttributeName: table.ttlAttribute, Enabled: true },
		});
	}
}

async function createTable({ name, keySchema, attributeDefinitions, indexes }: Table, dynamodb: AwsJson) {
	const known = await unlessNamed("ResourceInUseException", async () => {
		await dynamodb("CreateTable", {
			TableName: name,
			KeySchema: keySchema,
			AttributeDefinitions: attributeDefinitions,
			BillingMode: "PAY_PER_REQUEST",
			...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
		});
	});
	if (!known) return;
	const { Table } = await dynamodb("DescribeTable", { TableName: name });
	const { KeySchema, GlobalSecondaryIndexes = [] } = Table as {
		readonly KeySchema: object;
		readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string; readonly KeySchema: object }[];
	};
	const knownIndexes = new Map(GlobalSecondaryIndexes.map((index) => [index.IndexName, index.KeySchema]));
	const isSame = indexes.every(({ IndexName, KeySchema: own }) => {
		const found = knownIndexes.get(IndexName);
		return found === undefined || isDeepStrictEqual(found, own);
	});
	if (!isSame || !isDeepStrictEqual(KeySchema, keySchema)) {
		throw new Error(`the data has the table ${name} with other keys or indexes than this version of the gateway`);
	}
	for (const Create of indexes.filter(({ IndexName }) => !knownIndexes.has(IndexName))) {
		await dynamodb("UpdateTable", {
			TableName: name,
			AttributeDefinitions: attributeDefinitions,
			GlobalSecondaryIndexUpdates: [{ Create }],
		});
	}
}

/** A redrive policy names another queue, which must exist first. */
async function createQueues(plan: StackPlan, sqs: AwsJson): Promise<void> {
	const [dead = [], others = []] = [false, true].map((hasRedrive) =>
		Object.values(plan.queues).filter(({ attributes }) => "RedrivePolicy" in attributes === hasRedrive),
	);
	for (const queues of [dead, others]) await Promise.all(queues.map(async (queue) => await createQueue(queue, sqs)));
}

async function createQueue({ name, url, attributes }: StackPlan["queues"][string], sqs: AwsJson): Promise<void> {
	const differs = await unlessNamed(
		"QueueNameExists",
		async () => await sqs("CreateQueue", { QueueName: name, Attributes: attributes }),
	);
	if (differs) await sqs("SetQueueAttributes", { QueueUrl: url, Attributes: attributes });
}

async function createSchedules(plan: StackPlan, scheduler: string, authorization: string): Promise<void> {
	const send = sender(authorization);
	for (const group of plan.scheduleGroups) await send("POST", `${scheduler}/schedule-groups/${group}`, {});
	for (const { Name, ...schedule } of plan.schedules) {
		const url = `${scheduler}/schedules/${Name}`;
		if ((await send("POST", url, schedule)) === "exists") await send("PUT", url, schedule);
	}
}

const conflict = 409;

function sender(authorization: string) {
	return async (method: "POST" | "PUT", url: string, body: object): Promise<"done" | "exists"> => {
		const answer = await fetch(url, { method, headers: { authorization }, body: JSON.stringify(body) });
		if (answer.status === conflict) return "exists";
		if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`);
		return "done";
	};
}

/** Whether the call failed with this error. Any other error is thrown. */
async function unlessNamed(name: string, call: () => Promise<unknown>): Promise<boolean> {
	try {
		await call();
		return false;
	} catch (error) {
		if (error instanceof AwsError && error.name === name) return true;
		throw error;
	}
}
