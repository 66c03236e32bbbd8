import type { SQSClient } from "@aws-sdk/client-sqs";
import { type ReportsEntryBody, reportsEntryBody } from "../contracts/queue-entries.ts";
import type { Pack, QueuedPack } from "../domain/packs.ts";
import type { DeadReports, ReportQueue } from "../ports.ts";
import { accountGroup } from "./account-group.ts";
import { asciiJson } from "./ascii-json.ts";
import { sqsDeadEntries } from "./sqs-dead-entries.ts";
import { sendEntries } from "./sqs-queues.ts";

/** The reports queue, or its dead letters: an entry is a pack, whose messages are read when it is posted. */
export function sqsReports(client: SQSClient, queueUrl: string): ReportQueue {
	return {
		async send(packs, delaySeconds = 0) {
			const entries = packs.map((pack) => ({
				MessageBody: packBody(pack),
				MessageGroupId: accountGroup(pack.userName),
				DelaySeconds: delaySeconds,
			}));
			await sendEntries(client, queueUrl, entries);
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

/** A report's entry as if it had never been tried; null for what is none. */
export function reportUntried(body: string): string | null {
	const pack = packOrNull(body);
	return pack && packBody({ ...pack, tries: 0 });
}

/** The dead letters of the reports queue, for whoever sends some again. */
export function sqsDeadReports(client: SQSClient, queueUrl: string): DeadReports {
	const { receive, remove, release } = sqsDeadEntries(client, queueUrl);
	return {
		receive: async () =>
			(await receive()).map(({ body, diedAt, handle }) => ({ pack: packOrNull(body), diedAt, handle })),
		remove,
		release,
	};
}

function packOrNull(body: string): QueuedPack | null {
	return reportsEntryBody.safeParse(body).success ? packFrom(body) : null;
}
