import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type ReportsEntryBody, reportsEntryBody } from "../contracts/queue-entries.ts";
import type { Pack, QueuedPack } from "../domain/packs.ts";
import type { DeadReports, ReportQueue } from "../ports.ts";
import { asciiJson } from "./ascii-json.ts";
import { deleteEntries, holdEntries, sendEntries } from "./sqs-queues.ts";

/** The reports queue, or its dead letters: an entry is a pack, whose messages are read when it is posted. */
export function sqsReports(client: SQSClient, queueUrl: string): ReportQueue {
	return {
		async send(packs, delaySeconds) {
			const delay = delaySeconds !== undefined && { DelaySeconds: delaySeconds };
			await sendEntries(
				client,
				queueUrl,
				packs.map((pack) => ({ MessageBody: packBody(pack), ...delay })),
			);
		},
	};
}

function packBody(pack: Pack | QueuedPack): string {
	const { packId, userName, messageIds, onWay, incoming } = pack;
	const body: ReportsEntryBody = {
		pack: packId,
		user_name: userName,
		message_ids: [...messageIds],
		tries: "tries" in pack ? pack.tries : 0,
		...(onWay && { on_way: onWay }),
		...(incoming && { incoming }),
	};
	return asciiJson(body);
}

/** @throws ZodError on what is no entry of the reports queue. */
export function packFrom(body: string): QueuedPack {
	const { pack, user_name, message_ids, tries, on_way, incoming } = reportsEntryBody.parse(body);
	return {
		packId: pack,
		userName: user_name,
		messageIds: message_ids,
		tries,
		...(on_way && { onWay: on_way }),
		...(incoming && { incoming }),
	};
}

const heldSeconds = 600;
/** Long enough to ask all of SQS's servers, so that none found means none there. */
const receiveWaitSeconds = 2;

/** The dead letters of the reports queue, for whoever sends some again. */
export function sqsDeadReports(client: SQSClient, queueUrl: string): DeadReports {
	return {
		async receive() {
			const command = new ReceiveMessageCommand({
				QueueUrl: queueUrl,
				MaxNumberOfMessages: 10,
				WaitTimeSeconds: receiveWaitSeconds,
				VisibilityTimeout: heldSeconds,
				MessageSystemAttributeNames: ["SentTimestamp"],
			});
			const { Messages = [] } = await client.send(command);
			return Messages.map(({ Body = "", ReceiptHandle: handle = "", Attributes }) => ({
				pack: packOrNull(Body),
				diedAt: Number(Attributes?.SentTimestamp ?? 0),
				handle,
			}));
		},
		remove: async (handles) => await deleteEntries(client, queueUrl, handles),
		release: async (handles) => await holdEntries(client, queueUrl, handles, 0),
	};
}

function packOrNull(body: string): Pack | null {
	return reportsEntryBody.safeParse(body).success ? packFrom(body) : null;
}
