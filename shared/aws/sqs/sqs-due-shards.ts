import type { SQSClient } from "@aws-sdk/client-sqs";
import { type DueShardEntryBody, dueShardEntryBody } from "../../contracts/queue-entries.ts";
import type { DueShard, DueShardQueue } from "../../usecases/schedule/due-shard-queue.ts";
import { asciiJson } from "../ascii-json.ts";
import { sendEntries } from "./sqs-entries.ts";

export function sqsDueShards(client: SQSClient, queueUrl: string): DueShardQueue {
	return {
		async send(dueShards) {
			const bodies: DueShardEntryBody[] = dueShards.map(({ slot, shard, after }) => ({
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

/** @throws ZodError if the body is malformed. */
export function dueShardFrom(body: string): DueShard {
	return dueShardEntryBody.parse(body);
}
