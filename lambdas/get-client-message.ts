import type * as z from "zod";
import { dynamoBatches } from "#shared/aws/dynamo/dynamo-batches.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoClient } from "#shared/aws/transport/aws-clients.ts";
import { getClientMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { type ReadClientMessageDeps, readClientMessage } from "#shared/usecases/message/read-message.ts";
import { holdersOnAws } from "#shared/wiring/holders-on-aws.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { authenticatedAccount, httpHandler } from "./http/http-handler.ts";
import { messageResponse } from "./http/message-response.ts";
import { notFound } from "./http/responses.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** GET /users/:user_name/client_messages/:client_message_id: a message by its client's own id (R12, A21). */
export const handler = getClientMessageHandler(readEnv(getClientMessageEnv));

export function getClientMessageHandler(env: z.output<typeof getClientMessageEnv>) {
	const dynamo = dynamoClient();
	const { log, metrics } = telemetryOnAws(env, "get-client-message");
	const deps = {
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		batches: dynamoBatches(dynamo, env.BATCHES_TABLE, Date.now),
		...holdersOnAws(dynamo, env, log),
		now: Date.now,
	};
	const admitRequest = admissionOnAws(env);

	return flushingMetrics(
		metrics,
		httpHandler(async (event) => {
			const { userName } = await authenticatedAccount(event, admitRequest);
			const { user_name = "", client_message_id = "" } = event.pathParameters ?? {};
			const found = user_name === userName ? await find(deps, env.MESSAGE_ID_KEY, userName, client_message_id) : null;
			if (found === null) throw notFound("There is no such message");
			return messageResponse(event, found);
		}),
	);
}

/** An id may contain slashes. One at the end may belong to the id or to the path (A44): tries the id with it first. */
async function find(deps: ReadClientMessageDeps, idKey: string, userName: string, id: string) {
	const found = await readClientMessage(deps, idKey, userName, id);
	if (found !== null || !id.endsWith("/")) return found;
	return await readClientMessage(deps, idKey, userName, id.slice(0, -1));
}
