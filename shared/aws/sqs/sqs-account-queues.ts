import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Log } from "../../log.ts";
import type { AccountQueueSource, AccountQueues, WaitingReportBatch } from "../../usecases/reports/account-queues.ts";
import { receivesMax } from "./create-account-queue.ts";
import { changeVisibility, deleteEntries } from "./sqs-entries.ts";
import { reportBatchFrom, sqsReports } from "./sqs-reports.ts";

export function sqsAccountQueues(client: SQSClient): AccountQueues {
	return { send: async (queueUrl, reportBatches) => await sqsReports(client, queueUrl).send(reportBatches) };
}

const entriesMax = 10;
const receiveWaitSeconds = 20;

/**
 * Accounts' queues, for the tasks that hold the accounts' sessions.
 * @param polling a client for long polls; `client` makes the short calls.
 */
export function sqsAccountQueueSource(client: SQSClient, polling: SQSClient, log: Log): AccountQueueSource {
	return {
		async receive(queueUrl, heldSeconds, signal) {
			const command = new ReceiveMessageCommand({
				QueueUrl: queueUrl,
				MaxNumberOfMessages: entriesMax,
				WaitTimeSeconds: receiveWaitSeconds,
				VisibilityTimeout: heldSeconds,
				MessageSystemAttributeNames: ["ApproximateReceiveCount"],
			});
			const { Messages = [] } = await polling.send(command, { abortSignal: signal });
			return Messages.flatMap(({ Body = "", ReceiptHandle: handle = "", Attributes }): WaitingReportBatch[] => {
				const receives = Number(Attributes?.ApproximateReceiveCount ?? 1);
				if (receives >= receivesMax) log.error("account_report.receives_exhausted", { queue: queueUrl, receives });
				try {
					return [{ reportBatch: reportBatchFrom(Body), handle, receives }];
				} catch {
					/* SQS delivers it again, and in the end moves it to the dead letters. */
					log.error("account_report.malformed", { queue: queueUrl, receives });
					return [];
				}
			});
		},
		remove: async (queueUrl, handles) => await deleteEntries(client, queueUrl, handles),
		hold: async (queueUrl, handles, seconds) => await changeVisibility(client, queueUrl, handles, seconds),
	};
}
