import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReceiptForms } from "#shared/aws/dynamo/dynamo-receipt-forms.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo/dynamo-submissions.ts";
import { receiptBatchFrom, sqsReceipts } from "#shared/aws/sqs/sqs-receipts.ts";
import { sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { dynamoClient, sqsClient } from "#shared/aws/transport/aws-clients.ts";
import { receiptsEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { countedMessages } from "#shared/usecases/counts/counted-messages.ts";
import { instrumentedMessages } from "#shared/usecases/message/instrumented-messages.ts";
import { applyReceipts } from "#shared/usecases/receipts/apply-receipts.ts";
import { receiptForms } from "#shared/usecases/receipts/receipt-forms.ts";
import { rememberedReports } from "#shared/usecases/reports/remembered-reports.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { flushingCounts } from "./metrics/flushing-counts.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";
import { batchQueueHandler } from "./sqs/queue-handler.ts";

/** Consumes the receipts queue: applies operators' receipts to their messages, and queues the clients' reports. */
export const handler = receiptsHandler(readEnv(receiptsEnv));

export function receiptsHandler(env: z.output<typeof receiptsEnv>) {
	const dynamo = dynamoClient();
	const sqs = sqsClient();
	const { log, metrics } = telemetryOnAws(env, "receipts");
	const counts = countsOnAws(env, log);
	const deps = {
		messages: countedMessages(
			instrumentedMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log), { log, metrics }, "rest"),
			counts,
		),
		submissions: dynamoSubmissions(dynamo, env.SUBMISSIONS_TABLE, Date.now, log),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		receipts: sqsReceipts(sqs, env.RECEIPTS_QUEUE_URL),
		deadLetters: sqsReceipts(sqs, env.RECEIPTS_DEAD_LETTERS_URL),
		reports: rememberedReports(sqsReports(sqs, env.REPORTS_QUEUE_URL)),
		newReportBatchId: randomUUID,
		smscErrors: env.SMSC_ERRORS,
		receiptIds: env.RECEIPT_IDS,
		longReceipts: env.LONG_RECEIPTS,
		receiptForms: receiptForms(dynamoReceiptForms(dynamo, env.SUBMISSIONS_TABLE), Date.now, log),
		log,
	};

	return flushingMetrics(
		metrics,
		flushingCounts(
			counts,
			batchQueueHandler(
				{ consumer: "receipts", log, metrics, now: Date.now },
				(body, { receives }) => receiptBatchFrom(body, receives),
				async (receiptBatches) => await applyReceipts(deps, receiptBatches),
			),
		),
	);
}
