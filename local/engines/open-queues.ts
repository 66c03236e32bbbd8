import { buildApp } from "fauxqs";
import { loopback } from "../wire/listen.ts";

export type QueueEngine = { readonly url: string; close(): Promise<void> };

type ReceiveAnswer = { readonly Messages?: readonly { readonly ReceiptHandle: string }[] };

/**
 * The SQS engine, in memory. Unlike SQS it also gives entries to a long poll whose client has disconnected, and they would stay
 * invisible for their visibility timeout. So they are made visible again at once.
 */
export async function openQueues(region: string): Promise<QueueEngine> {
	const app = buildApp({ logger: false, host: "", defaultRegion: region });
	app.addHook("onSend", async (request, _reply, payload) => {
		const isReceive = request.headers["x-amz-target"] === "AmazonSQS.ReceiveMessage";
		if (!isReceive || !request.raw.socket.destroyed || typeof payload !== "string") return payload;
		const handles = ((JSON.parse(payload) as ReceiveAnswer).Messages ?? []).map(({ ReceiptHandle }) => ReceiptHandle);
		const { QueueUrl } = request.body as { readonly QueueUrl: string };
		await app.inject({
			method: "POST",
			url: "/",
			headers: {
				"content-type": "application/x-amz-json-1.0",
				"x-amz-target": "AmazonSQS.ChangeMessageVisibilityBatch",
			},
			payload: JSON.stringify({
				QueueUrl,
				Entries: handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 })),
			}),
		});
		return payload;
	});
	const url = await app.listen({ port: 0, host: loopback });
	return { url, close: async () => await app.close() };
}
