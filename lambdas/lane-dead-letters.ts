import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { dynamoClient, sqsClient } from "#shared/aws/transport/aws-clients.ts";
import { laneDeadLettersEnv } from "#shared/contracts/environments.ts";
import { laneEntryBody } from "#shared/contracts/queue-entries.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { countedMessages } from "#shared/usecases/counts/counted-messages.ts";
import { instrumentedMessages } from "#shared/usecases/message/instrumented-messages.ts";
import { endDeadLettered } from "#shared/usecases/send/end-dead-lettered.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { flushingCounts } from "./metrics/flushing-counts.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";
import { batchQueueHandler } from "./sqs/queue-handler.ts";

/** The dead letters of all lanes: ends and reports messages that were never sent despite many attempts. */
export const handler = laneDeadLettersHandler(readEnv(laneDeadLettersEnv));

export function laneDeadLettersHandler(env: z.output<typeof laneDeadLettersEnv>) {
	const dynamo = dynamoClient();
	const { log, metrics } = telemetryOnAws(env, "lane-dead-letters");
	const counts = countsOnAws(env, log);
	const deps = {
		messages: countedMessages(
			instrumentedMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log), { log, metrics }, "rest"),
			counts,
		),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		reports: sqsReports(sqsClient(), env.REPORTS_QUEUE_URL),
		newReportBatchId: randomUUID,
		now: Date.now,
	};

	return flushingMetrics(
		metrics,
		flushingCounts(
			counts,
			batchQueueHandler(
				{ consumer: "lane-dead-letters", log, metrics, now: Date.now },
				(body) => laneEntryBody.parse(body).message_ids,
				async (entries) => {
					log.error("lane_entries.dead_lettered", { entries: entries.length, message_ids: entries.flat() });
					await endDeadLettered(deps, entries.flat());
				},
			),
		),
	);
}
