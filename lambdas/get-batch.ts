import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { dynamoBatches } from "#shared/aws/dynamo/dynamo-batches.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoClient } from "#shared/aws/transport/aws-clients.ts";
import { getBatchEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { countedMessages } from "#shared/usecases/counts/counted-messages.ts";
import { instrumentedMessages } from "#shared/usecases/message/instrumented-messages.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { holdersOnAws } from "#shared/wiring/holders-on-aws.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { batchEndpoints } from "./http/batch-endpoints.ts";
import { authenticatedAccount, httpHandler } from "./http/http-handler.ts";
import { flushingCountsOfRequest } from "./metrics/flushing-counts.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/**
 * GET /batches/:batch_id: the messages of a batch, without segments (R9), or a page of them; its summary; and DELETE, which
 * withdraws what has not gone (A52).
 */
export const handler = getBatchHandler(readEnv(getBatchEnv));

export function getBatchHandler(env: z.output<typeof getBatchEnv>) {
	const dynamo = dynamoClient();
	const telemetry = telemetryOnAws(env, "get-batch");
	const { log, metrics } = telemetry;
	const counts = countsOnAws(env, log);
	const deps = {
		batches: dynamoBatches(dynamo, env.BATCHES_TABLE, Date.now),
		messages: countedMessages(
			instrumentedMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log), telemetry, "rest"),
			counts,
		),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		...holdersOnAws(dynamo, env, log),
		newReportBatchId: randomUUID,
		now: Date.now,
	};
	const admitRequest = admissionOnAws(env);

	return flushingMetrics(
		metrics,
		flushingCountsOfRequest(
			counts,
			httpHandler(async (event) => {
				const { userName } = await authenticatedAccount(event, admitRequest);
				return await batchEndpoints(deps, userName, event);
			}),
		),
	);
}
