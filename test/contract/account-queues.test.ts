import { randomUUID } from "node:crypto";
import {
	GetQueueAttributesCommand,
	GetQueueUrlCommand,
	SetQueueAttributesCommand,
	type SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeAccountQueue } from "#shared/aws/account-queues.ts";
import { accountQueueName, deadLettersOf } from "#shared/domain/account-queue.ts";
import { aQueueEngine, type QueueEngineOfTest } from "#test/fakes/queue-engines.ts";

describe("an account's own queue", () => {
	let engine: QueueEngineOfTest;
	let client: SQSClient;

	beforeAll(async () => {
		engine = await aQueueEngine();
		client = engine.client;
	});
	afterAll(async () => await engine.close());

	const attributesOf = async (url: string) =>
		(await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }))).Attributes;

	async function deadOf(user: string): Promise<string> {
		const name = deadLettersOf(accountQueueName("smsgw-test", user));
		return (await client.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? "";
	}

	it("keeps what waits fourteen days, and so its dead letters, which it names (A47)", async () => {
		const user = randomUUID();
		const url = await makeAccountQueue(client, "smsgw-test", user);
		const [queue, dead] = [await attributesOf(url), await attributesOf(await deadOf(user))];

		expect(queue).toMatchObject({ MessageRetentionPeriod: "1209600", SqsManagedSseEnabled: "true" });
		expect(dead).toMatchObject({ MessageRetentionPeriod: "1209600", SqsManagedSseEnabled: "true" });
		expect(JSON.parse(queue?.RedrivePolicy ?? "{}")).toEqual({
			deadLetterTargetArn: dead?.QueueArn,
			maxReceiveCount: 1_000,
		});
		expect(queue?.Policy).toContain("aws:SecureTransport");
	});

	it("is the same one when it is made again, brought to what is wanted", async () => {
		const user = "Банк & Co";
		const url = await makeAccountQueue(client, "smsgw-test", user);
		await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: "7" } }));

		expect(await makeAccountQueue(client, "smsgw-test", user)).toBe(url);
		expect(await attributesOf(url)).toMatchObject({ VisibilityTimeout: "30" });
	});
});
