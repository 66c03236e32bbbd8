import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/**
 * When the oldest of some entries was sent that wait in a queue, by a look at up to ten of them; null where none waits. SQS gives about the
 * oldest first, and promises nothing. They stay where they are, but each look counts as a receive.
 */
export async function oldestSentAt(client: SQSClient, url: string): Promise<number | null> {
	const { Messages = [] } = await client.send(
		new ReceiveMessageCommand({
			QueueUrl: url,
			MaxNumberOfMessages: 10,
			VisibilityTimeout: 0,
			WaitTimeSeconds: 0,
			MessageSystemAttributeNames: ["SentTimestamp"],
		}),
	);
	const sent = Messages.map(({ Attributes }) => Number(Attributes?.SentTimestamp));
	return sent.length === 0 ? null : Math.min(...sent);
}
