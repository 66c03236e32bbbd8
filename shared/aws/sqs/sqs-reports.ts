import type { SQSClient } from "@aws-sdk/client-sqs";
import { type ReportsEntryBody, reportsEntryBody } from "../../contracts/queue-entries.ts";
import type { QueuedReportBatch, ReportBatch } from "../../domain/reports/report-batches.ts";
import type { DeadReports } from "../../usecases/reports/dead-reports.ts";
import type { ReportQueue } from "../../usecases/reports/report-queue.ts";
import { asciiJson } from "../ascii-json.ts";
import { accountGroup } from "./account-group.ts";
import { sqsDeadEntries } from "./sqs-dead-entries.ts";
import { sendEntries } from "./sqs-entries.ts";

/** The reports queue, or its dead-letter queue. An entry is a report batch; its messages are read when it is posted. */
export function sqsReports(client: SQSClient, queueUrl: string): ReportQueue {
	return {
		async send(reportBatches, delaySeconds = 0) {
			const entries = reportBatches.map((reportBatch) => ({
				MessageBody: reportBatchBody(reportBatch),
				MessageGroupId: accountGroup(reportBatch.userName),
				DelaySeconds: delaySeconds,
			}));
			await sendEntries(client, queueUrl, entries);
		},
	};
}

function reportBatchBody(reportBatch: ReportBatch | QueuedReportBatch): string {
	const { reportBatchId, userName, messageIds, interim, incoming } = reportBatch;
	const body: ReportsEntryBody = {
		report_batch: reportBatchId,
		user_name: userName,
		message_ids: [...messageIds],
		tries: "tries" in reportBatch ? reportBatch.tries : 0,
		...(interim && { interim: interim }),
		...(incoming && { incoming }),
	};
	return asciiJson(body);
}

/** @throws ZodError if the body is malformed. */
export function reportBatchFrom(body: string): QueuedReportBatch {
	const { report_batch, user_name, message_ids, tries, interim, incoming } = reportsEntryBody.parse(body);
	return {
		reportBatchId: report_batch,
		userName: user_name,
		messageIds: message_ids,
		tries,
		...(interim && { interim: interim }),
		...(incoming && { incoming }),
	};
}

/** The body that replaces a dead entry, without its attempts; null if it is malformed. */
export function redrivenReportsEntry(body: string): string | null {
	const reportBatch = reportBatchOrNull(body);
	return reportBatch && reportBatchBody({ ...reportBatch, tries: 0 });
}

export function sqsDeadReports(client: SQSClient, queueUrl: string): DeadReports {
	const { receive, remove, release } = sqsDeadEntries(client, queueUrl);
	return {
		receive: async () =>
			(await receive()).map(({ body, deadSince, handle }) => ({
				reportBatch: reportBatchOrNull(body),
				deadSince,
				handle,
			})),
		remove,
		release,
	};
}

function reportBatchOrNull(body: string): QueuedReportBatch | null {
	return reportsEntryBody.safeParse(body).success ? reportBatchFrom(body) : null;
}
