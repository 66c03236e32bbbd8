import type { SQSClient } from "@aws-sdk/client-sqs";
import type { IncomingQueue } from "../ports.ts";
import { asciiJson } from "./ascii-json.ts";
import { sendEntries } from "./sqs-queues.ts";

/** The incoming queue, or the one where its dead letters rest. */
export function sqsIncoming(client: SQSClient, queueUrl: string): IncomingQueue {
	return {
		async send(entries, delaySeconds) {
			const delay = delaySeconds !== undefined && { DelaySeconds: delaySeconds };
			await sendEntries(
				client,
				queueUrl,
				entries.map((entry) => ({ MessageBody: asciiJson(entry), ...delay })),
			);
		},
	};
}
