import {
	CreateQueueCommand,
	GetQueueAttributesCommand,
	type QueueAttributeName,
	SetQueueAttributesCommand,
	type SQSClient,
} from "@aws-sdk/client-sqs";
import { accountQueueName, deadLetterQueueName } from "../../domain/accounts/account-queue.ts";

const daySeconds = 24 * 60 * 60;

const retention = { MessageRetentionPeriod: String(14 * daySeconds) };

/** The most that SQS allows: an entry is received again each time that its account's session ends. */
export const receivesMax = 1_000;

/**
 * Creates the queue of reports for an account's SMPP session, and its dead-letter queue. If they exist, updates their attributes.
 * @param prefix of the stage's names, such as `smsgw-prod`.
 * @returns the queue's URL, for the account's `smpp.reports_queue_url`.
 */
export async function createAccountQueue(client: SQSClient, prefix: string, userName: string): Promise<string> {
	const name = accountQueueName(prefix, userName);
	const dead = await createQueue(client, deadLetterQueueName(name), { ...retention, VisibilityTimeout: "120" });
	const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: receivesMax };
	const queue = await createQueue(client, name, {
		...retention,
		VisibilityTimeout: "30",
		RedrivePolicy: JSON.stringify(redrive),
	});
	return queue.url;
}

/** Sets the attributes after the creation: CreateQueue fails if the queue exists with other attributes. */
async function createQueue(
	client: SQSClient,
	name: string,
	attributes: Partial<Record<QueueAttributeName, string>>,
): Promise<{ readonly url: string; readonly arn: string }> {
	const { QueueUrl: url = "" } = await client.send(new CreateQueueCommand({ QueueName: name }));
	const current = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }));
	const arn = current.Attributes?.QueueArn;
	if (arn === undefined) throw new Error(`SQS returned no ARN for ${name}`);
	const Attributes = { ...attributes, SqsManagedSseEnabled: "true", Policy: JSON.stringify(tlsOnly(arn)) };
	await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
	return { url, arn };
}

function tlsOnly(arn: string) {
	return {
		Version: "2012-10-17",
		Statement: [
			{
				Effect: "Deny",
				Principal: "*",
				Action: "sqs:*",
				Resource: arn,
				Condition: { Bool: { "aws:SecureTransport": "false" } },
			},
		],
	};
}
