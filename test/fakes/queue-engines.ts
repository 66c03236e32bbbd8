import { SQSClient } from "@aws-sdk/client-sqs";
import { openSqs } from "#local/engines/sqs/open-sqs.ts";

const region = "eu-central-1";

export async function aQueueEngine() {
	const engine = await openSqs({ region, log: () => undefined });
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	const client = new SQSClient({ endpoint: engine.url, region, credentials });
	return {
		url: engine.url,
		region,
		client,
		async close() {
			client.destroy();
			engine.close();
		},
	};
}

export type QueueEngineOfTest = Awaited<ReturnType<typeof aQueueEngine>>;
