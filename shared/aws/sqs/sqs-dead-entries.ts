import { type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { DeadEntries, DeadEntry, EntryQueue } from "../../usecases/dead-letters/dead-entries.ts";
import { changeVisibility, deleteEntries, sendEntries } from "./sqs-entries.ts";

const heldSeconds = 600;
/** A long poll asks all of SQS's servers: no entry found means that there is none. */
const receiveWaitSeconds = 2;

export function sqsDeadEntries(client: SQSClient, queueUrl: string): DeadEntries {
	return {
		async receive() {
			const command = new ReceiveMessageCommand({
				QueueUrl: queueUrl,
				MaxNumberOfMessages: 10,
				WaitTimeSeconds: receiveWaitSeconds,
				VisibilityTimeout: heldSeconds,
				MessageSystemAttributeNames: ["SentTimestamp", "MessageGroupId"],
			});
			const { Messages = [] } = await client.send(command);
			return Messages.map(entryFrom);
		},
		remove: async (handles) => await deleteEntries(client, queueUrl, handles),
		release: async (handles) => await changeVisibility(client, queueUrl, handles, 0),
	};
}

function entryFrom({
	Body: body = "",
	MessageId: entryId = "",
	ReceiptHandle: handle = "",
	Attributes,
}: Message): DeadEntry {
	const { SentTimestamp = "0", MessageGroupId: group = null } = Attributes ?? {};
	return { body, entryId, group, deadSince: Number(SentTimestamp), handle };
}

export function sqsEntryQueue(client: SQSClient, queueUrl: string): EntryQueue {
	return {
		async send(entries) {
			await sendEntries(
				client,
				queueUrl,
				entries.map(({ body, group }) => ({ MessageBody: body, ...(group !== null && { MessageGroupId: group }) })),
			);
		},
	};
}
