import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { dynamoClient, sqsClient } from "#shared/aws/transport/aws-clients.ts";
import { deleteMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { countedMessages } from "#shared/usecases/counts/counted-messages.ts";
import { instrumentedMessages } from "#shared/usecases/message/instrumented-messages.ts";
import { withdrawMessage } from "#shared/usecases/message/withdraw-message.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { authenticatedAccount, httpHandler } from "./http/http-handler.ts";
import { pathId } from "./http/path-id.ts";
import { conflict, forbidden, noContent, notFound } from "./http/responses.ts";
import { flushingCountsOfRequest } from "./metrics/flushing-counts.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** DELETE /messages/:message_id: withdraws a scheduled message that is not yet handed over (R8, A21, A22). */
export const handler = deleteMessageHandler(readEnv(deleteMessageEnv));

export function deleteMessageHandler(env: z.output<typeof deleteMessageEnv>) {
	const telemetry = telemetryOnAws(env, "delete-message");
	const dynamo = dynamoClient();
	const counts = countsOnAws(env, telemetry.log);
	const deps = {
		messages: countedMessages(
			instrumentedMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, telemetry.log), telemetry, "rest"),
			counts,
		),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, telemetry.log),
		reports: sqsReports(sqsClient(), env.REPORTS_QUEUE_URL),
		newReportBatchId: randomUUID,
		now: Date.now,
	};
	const admitRequest = admissionOnAws(env);

	return flushingMetrics(
		telemetry.metrics,
		flushingCountsOfRequest(
			counts,
			httpHandler(async (event) => {
				const account = await authenticatedAccount(event, admitRequest);
				const messageId = pathId(event.pathParameters?.["message_id"], "message");
				const { kind } = await withdrawMessage(deps, account.userName, messageId);
				if (kind === "absent") throw notFound("There is no such message");
				if (kind === "foreign") throw forbidden("This message belongs to another user");
				if (kind === "unscheduled") throw conflict("This message was not scheduled: it cannot be withdrawn");
				if (kind === "gone") throw conflict("This message was already handed over for sending: it cannot be withdrawn");
				return noContent();
			}),
		),
	);
}
