import type { StackPlan } from "../template/stack-plan.ts";
import { type AwsJson, awsJson } from "../wire/aws-json.ts";

export type EngineUrls = { readonly dynamodb: string; readonly sqs: string; readonly scheduler: string };

export async function createResources(
	plan: StackPlan,
	{ dynamodb, sqs, scheduler }: EngineUrls,
	region: string,
): Promise<void> {
	await Promise.all([
		createTables(plan, awsJson("dynamodb", dynamodb, region)),
		createQueues(plan, awsJson("sqs", sqs, region)),
		createSchedules(plan, scheduler),
	]);
}

async function createTables(plan: StackPlan, dynamodb: AwsJson): Promise<void> {
	for (const table of Object.values(plan.tables)) {
		await dynamodb("CreateTable", {
			TableName: table.name,
			KeySchema: table.keySchema,
			AttributeDefinitions: table.attributeDefinitions,
			BillingMode: "PAY_PER_REQUEST",
			...(table.indexes.length > 0 && { GlobalSecondaryIndexes: table.indexes }),
		});
		if (table.ttlAttribute === undefined) continue;
		await dynamodb("UpdateTimeToLive", {
			TableName: table.name,
			TimeToLiveSpecification: { AttributeName: table.ttlAttribute, Enabled: true },
		});
	}
}

async function createQueues(plan: StackPlan, sqs: AwsJson): Promise<void> {
	const queues = Object.values(plan.queues);
	await Promise.all(
		queues.map(async ({ name, attributes }) => await sqs("CreateQueue", { QueueName: name, Attributes: attributes })),
	);
}

async function createSchedules(plan: StackPlan, scheduler: string): Promise<void> {
	for (const group of plan.scheduleGroups) await post(`${scheduler}/schedule-groups/${group}`, {});
	for (const { Name, ...schedule } of plan.schedules) await post(`${scheduler}/schedules/${Name}`, schedule);
}

async function post(url: string, body: object): Promise<void> {
	const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
	if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`);
}
