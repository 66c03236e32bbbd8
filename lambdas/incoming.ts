import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { dynamoIncoming } from "#shared/aws/dynamo/dynamo-incoming.ts";
import { dynamoParts } from "#shared/aws/dynamo/dynamo-parts.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoShortCodes } from "#shared/aws/dynamo/dynamo-short-codes.ts";
import { sqsIncoming } from "#shared/aws/sqs/sqs-incoming.ts";
import { sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { dynamoClient, sqsClient } from "#shared/aws/transport/aws-clients.ts";
import { incomingEnv } from "#shared/contracts/environments.ts";
import { incomingEntryBody } from "#shared/contracts/incoming-entry.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { receiveIncoming } from "#shared/usecases/incoming/receive-incoming.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { flushingCounts } from "./metrics/flushing-counts.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";
import { batchQueueHandler } from "./sqs/queue-handler.ts";

/** The incoming queue: joins the parts of subscribers' messages, and reports each to the account of its short code (R40, A48). */
export const handler = incomingHandler(readEnv(incomingEnv));

export function incomingHandler(env: z.output<typeof incomingEnv>) {
	const dynamo = dynamoClient();
	const sqs = sqsClient();
	const { log, metrics } = telemetryOnAws(env, "incoming");
	const counts = countsOnAws(env, log);
	const deps = {
		counter: counts,
		parts: dynamoParts(dynamo, env.INCOMING_TABLE, log),
		incoming: dynamoIncoming(dynamo, env.INCOMING_TABLE, Date.now, log, env.SEARCH_INDEX),
		shortCodes: dynamoShortCodes(dynamo, env.SHORT_CODES_TABLE, log),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		queue: sqsIncoming(sqs, env.INCOMING_QUEUE_URL),
		unrouted: sqsIncoming(sqs, env.INCOMING_DEAD_LETTERS_URL),
		newReportBatchId: randomUUID,
		now: Date.now,
		waitMs: env.INCOMING_WAIT_SECONDS * 1_000,
		retentionMs: env.RETENTION_DAYS * 24 * 60 * 60_000,
		log,
	};

	return flushingMetrics(
		metrics,
		flushingCounts(
			counts,
			batchQueueHandler(
				{ consumer: "incoming", log, metrics, now: Date.now },
				(body) => incomingEntryBody.parse(body),
				async (entries) => await receiveIncoming(deps, entries),
			),
		),
	);
}
