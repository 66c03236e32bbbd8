import type { SQSClient } from "@aws-sdk/client-sqs";
import { type LooksEntryBody, looksEntryBody } from "../contracts/queue-entries.ts";
import type { Look, LookQueue } from "../ports.ts";
import { asciiJson } from "./ascii-json.ts";
import { sendEntries } from "./sqs-queues.ts";

/** The looks queue: an entry for each shard of a slot that is due. */
export function sqsLooks(client: SQSClient, queueUrl: string): LookQueue {
	return {
		async send(looks) {
			const bodies: LooksEntryBody[] = looks.map(({ slot, shard, after }) => ({
				slot,
				shard,
				...(after !== undefined && { after }),
			}));
			await sendEntries(
				client,
				queueUrl,
				bodies.map((body) => ({ MessageBody: asciiJson(body) })),
			);
		},
	};
}

/** @throws ZodError on what is no entry of the looks queue. */
export function lookFrom(body: string): Look {
	return looksEntryBody.parse(body);
}
