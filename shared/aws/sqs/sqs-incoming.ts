import type { SQSClient } from "@aws-sdk/client-sqs";
import type { IncomingQueue } from "../../usecases/incoming/incoming-queue.ts";
import { asciiJson } from "../ascii-json.ts";
import { sendBodies } from "./sqs-entries.ts";

export function sqsIncoming(client: SQSClient, queueUrl: string): IncomingQueue {
	return {
		send: async (entries, delaySeconds) => await sendBodies(client, queueUrl, entries.map(asciiJson), delaySeconds),
	};
}
