import type * as z from "zod";
import { dynamoBatches } from "#shared/aws/dynamo/dynamo-batches.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoClient } from "#shared/aws/transport/aws-clients.ts";
import { getBatchEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { readBatch } from "#shared/usecases/message/read-batch.ts";
import { holdersOnAws } from "#shared/wiring/holders-on-aws.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { batchResponse } from "./http/batch-response.ts";
import { authenticatedAccount, httpHandler } from "./http/http-handler.ts";
import { pageQuery } from "./http/page-query.ts";
import { pathId } from "./http/path-id.ts";
import { forbidden, notFound } from "./http/responses.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** GET /batches/:batch_id: the messages of a batch, without segments (R9), or a page of them (A52). */
export const handler = getBatchHandler(readEnv(getBatchEnv));

export function getBatchHandler(env: z.output<typeof getBatchEnv>) {
	const dynamo = dynamoClient();
	const { log, metrics } = telemetryOnAws(env, "get-batch");
	const deps = {
		batches: dynamoBatches(dynamo, env.BATCHES_TABLE, Date.now),
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		...holdersOnAws(dynamo, env, log),
		now: Date.now,
	};
	const admitRequest = admissionOnAws(env);

	return flushingMetrics(
		metrics,
		httpHandler(async (event) => {
			const account = await authenticatedAccount(event, admitRequest);
			const page = pageQuery(event);
			const found = await readBatch(deps, account.userName, pathId(event.pathParameters?.["batch_id"], "batch"), page);
			if (found.kind === "absent") throw notFound("There is no such batch");
			if (found.kind === "foreign") throw forbidden("This batch belongs to another user");
			return batchResponse(found, page);
		}),
	);
}
