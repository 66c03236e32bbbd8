import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** How many entries a queue has, about: SQS counts roughly, and is right a minute after nothing changes any more. */
export type QueueDepth = {
	readonly waiting: number;
	/** Held by whoever received them. */
	readonly inFlight: number;
	/** Not to be received yet. */
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
