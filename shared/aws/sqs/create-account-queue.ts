import {
	CreateQueueCommand,
	GetQueueAttributesCommand,
	type QueueAttributeName,
	SetQueueAttributesCommand,
	type SQSClient,
} from "@aws-sdk/client-sqs";
import { accountQueueName, deadLetterQueueName } from "../../domain/accounts/account-queue.ts";

const daySeconds = 24 * 60 * 60;

/** As long as SQS keeps anything. */
const retention = { MessageRetentionPeriod: String(14 * daySeconds) };

/** As often as SQS allows: an entry is received again each time that its account's session falls. */
export const receivesMax = 1_000;

/**
 * Makes the queue where an account's reports wait for its SMPP session, and the one where those rest that it never took. To make it again
 * changes nothing, or brings it to what this version wants.
 * @param prefix of the stage's names, such as `smsgw-prod`.
 * @returns the queue's URL, which belongs into the account as `smpp.reports_queue_url`.
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

/** First made, then given its attributes: a queue that is there with others would be a conflict. */
async function createQueue(
	client: SQSClient,
	name: string,
	attributes: Partial<Record<QueueAttributeName, string>>,
): Promise<{ readonly url: string; readonly arn: string }> {
	const { QueueUrl: url = "" } = await client.send(new CreateQueueCommand({ QueueName: name }));
	const known = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }));
	const arn = known.Attributes?.QueueArn;
	if (arn === undefined) throw new Error(`SQS does not tell the ARN of ${name}`);
	const Attributes = { ...attributes, SqsManagedSseEnabled: "true", Policy: JSON.stringify(tlsOnly(arn)) };
	await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
	return { url, arn };
}

/** As every queue of the template has it. */
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
