import { randomUUID } from "node:crypto";
import {
	GetQueueAttributesCommand,
	GetQueueUrlCommand,
	SetQueueAttributesCommand,
	type SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAccountQueue } from "#shared/aws/sqs/create-account-queue.ts";
import { sqsDeadEntries } from "#shared/aws/sqs/sqs-dead-entries.ts";
import { reportBatchFrom, sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { accountQueueName, deadLetterQueueName } from "#shared/domain/accounts/account-queue.ts";
import { aQueueEngine } from "#test/fakes/queue-engines.ts";
import { sqsClientOf } from "#test/simulation/aws/engine-clients.ts";
import { sqsEngine } from "#test/simulation/aws/sqs-engine.ts";

describe.each([
	{
		driver: "on the simulated engine",
		open: async () => {
			const { execute } = sqsEngine([], { newId: randomUUID });
			return { client: sqsClientOf((operation, input) => execute(operation, input, 0)), close: async () => undefined };
		},
	},
	{ driver: "on the local engine", open: aQueueEngine },
])("an account's own queue $driver", ({ open }) => {
	let engine: Awaited<ReturnType<typeof open>>;
	let client: SQSClient;

	beforeAll(async () => {
		engine = await open();
		client = engine.client;
	});
	afterAll(async () => await engine.close());

	const attributesOf = async (url: string) =>
		(await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }))).Attributes;

	async function deadOf(user: string): Promise<string> {
		const name = deadLetterQueueName(accountQueueName("smsgw-test", user));
		return (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? "";
	}

	it("keeps waiting entries for fourteen days, and so does its dead-letter queue (A47)", async () => {
		const user = randomUUID();
		const url = await createAccountQueue(client, "smsgw-test", user);
		const [queue, dead] = [await attributesOf(url), await attributesOf(await deadOf(user))];

		expect(queue).toMatchObject({ MessageRetentionPeriod: "1209600", SqsManagedSseEnabled: "true" });
		expect(dead).toMatchObject({ MessageRetentionPeriod: "1209600", SqsManagedSseEnabled: "true" });
		expect(JSON.parse(queue?.RedrivePolicy ?? "{}")).toEqual({
			deadLetterTargetArn: dead?.QueueArn,
			maxReceiveCount: 1_000,
		});
		expect(queue?.Policy).toContain("aws:SecureTransport");
	});

	it("is created once: creating it again restores its attributes", async () => {
		const user = "Банк & Co";
		const url = await createAccountQueue(client, "smsgw-test", user);
		await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: "7" } }));

		expect(await createAccountQueue(client, "smsgw-test", user)).toBe(url);
		expect(await attributesOf(url)).toMatchObject({ VisibilityTimeout: "30" });
	});
});

/* The local engine accepts a message group and does not return it. */
describe("the report queue, on the simulated engine", () => {
	it("groups its entries by account, so SQS takes turns between accounts and no backlog delays another account", async () => {
		const { execute } = sqsEngine([], { newId: randomUUID });
		const client = sqsClientOf((operation, input) => execute(operation, input, 0));
		const url = await createAccountQueue(client, "smsgw-test", "any");
		const reportBatches = ["Банк & Co", "demo", "demo"].map((userName, index) => ({
			reportBatchId: `${index}`,
			userName,
		}));

		await sqsReports(client, url).send(reportBatches.map((reportBatch) => ({ ...reportBatch, messageIds: [1] })));

		const entries = await sqsDeadEntries(client, url).receive();
		const groups = new Map(entries.map(({ body, group }) => [reportBatchFrom(body).reportBatchId, group]));
		expect(groups.get("1")).toMatch(/^[!-~]{1,128}$/);
		expect([groups.get("2"), groups.get("0") === groups.get("1")]).toEqual([groups.get("1"), false]);
	});
});
