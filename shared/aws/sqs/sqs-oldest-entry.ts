import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/**
 * When the oldest of up to ten received entries was sent; null if none waits. SQS returns roughly the oldest first, without a
 * guarantee. The entries stay visible, but each call counts as a receive.
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
