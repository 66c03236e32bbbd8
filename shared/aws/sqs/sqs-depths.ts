import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** The approximate number of a queue's entries. SQS is exact a minute after the last change. */
export type QueueDepth = {
	readonly waiting: number;
	readonly inFlight: number;
	readonly delayed: number;
};

export async function queueDepth(client: SQSClient, queueUrl: string): Promise<QueueDepth> {
	const { Attributes } = await client.send(
		new GetQueueAttributesCommand({
			QueueUrl: queueUrl,
			AttributeNames: [
				"ApproximateNumberOfMessages",
				"ApproximateNumberOfMessagesNotVisible",
				"ApproximateNumberOfMessagesDelayed",
			],
		}),
	);
	return {
		waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
		inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
		delayed: Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0),
	};
}
