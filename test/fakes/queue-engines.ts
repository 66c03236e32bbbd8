import { SQSClient } from "@aws-sdk/client-sqs";
import { openQueues } from "#local/engines/open-queues.ts";

const region = "eu-central-1";

export async function aQueueEngine() {
	const engine = await openQueues(region);
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	const client = new SQSClient({ endpoint: engine.url, region, credentials });
	return {
		url: engine.url,
		region,
		client,
		async close() {
			client.destroy();
			await engine.close();
		},
	};
}

export type QueueEngineOfTest = Awaited<ReturnType<typeof aQueueEngine>>;
