import type { SQSClient } from "@aws-sdk/client-sqs";
import { type ReportsEntryBody, reportsEntryBody } from "../contracts/queue-entries.ts";
import type { Pack } from "../domain/packs.ts";
import type { ReportQueue } from "../ports.ts";
import { asciiJson } from "./ascii-json.ts";
import { sendEntries } from "./sqs-queues.ts";

/** The reports queue: an entry is a pack, whose messages are read when it is posted. */
export function sqsReports(client: SQSClient, queueUrl: string): ReportQueue {
	return {
		async send(packs) {
			await sendEntries(
				client,
				queueUrl,
				packs.map((pack) => ({ MessageBody: packBody(pack) })),
			);
		},
	};
}

function packBody({ packId, userName, messageIds }: Pack): string {
	const body: ReportsEntryBody = { pack: packId, user_name: userName, message_ids: [...messageIds] };
	return asciiJson(body);
}

/** @throws ZodError on what is no entry of the reports queue. */
export function packFrom(body: string): Pack {
	const { pack, user_name, message_ids } = reportsEntryBody.parse(body);
	return { packId: pack, userName: user_name, messageIds: message_ids };
}
