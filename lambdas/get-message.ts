import type * as z from "zod";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportAttempts } from "#shared/aws/dynamo/dynamo-report-attempts.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoClient } from "#shared/aws/transport/aws-clients.ts";
import { queryFlag } from "#shared/contracts/boolean-flag.ts";
import { getMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { readMessage } from "#shared/usecases/message/read-message.ts";
import { readTimeline } from "#shared/usecases/message/read-timeline.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { authenticatedAccount, httpHandler } from "./http/http-handler.ts";
import { messageResponse } from "./http/message-response.ts";
import { pathId } from "./http/path-id.ts";
import { forbidden, notFound } from "./http/responses.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** GET /messages/:message_id: a message, with its segments if `segments_info=true` (R6, R13), and its history if `history=true` (A52). */
export const handler = getMessageHandler(readEnv(getMessageEnv));

export function getMessageHandler(env: z.output<typeof getMessageEnv>) {
	const dynamo = dynamoClient();
	const { log, metrics } = telemetryOnAws(env, "get-message");
	const deps = {
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		reportAttempts: dynamoReportAttempts(dynamo, env.REPORTS_TABLE, log),
		now: Date.now,
	};
	const admitRequest = admissionOnAws(env);

	return flushingMetrics(
		metrics,
		httpHandler(async (event) => {
			const account = await authenticatedAccount(event, admitRequest);
			const found = await readMessage(deps, account.userName, pathId(event.pathParameters?.["message_id"], "message"));
			if (found.kind === "absent") throw notFound("There is no such message");
			if (found.kind === "foreign") throw forbidden("This message belongs to another user");
			const wantsHistory = queryFlag(event.queryStringParameters?.["history"]);
			return messageResponse(event, found, wantsHistory ? await readTimeline(deps, found.message) : null);
		}),
	);
}
