import type * as z from "zod";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoClient } from "#shared/aws/transport/aws-clients.ts";
import { getMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { jsonLog } from "#shared/json-log.ts";
import { readMessage } from "#shared/usecases/message/read-message.ts";
import { admissionOnAws } from "#shared/wiring/limits-on-aws.ts";
import { accountOf, httpHandler } from "./http/http-handler.ts";
import { messageResponse } from "./http/message-response.ts";
import { pathId } from "./http/path-id.ts";
import { forbidden, notFound } from "./http/responses.ts";

/** GET /messages/:message_id: one message, with its segments where `segments_info=true` asks for them (R6, R13). */
export const handler = getMessageHandler(readEnv(getMessageEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function getMessageHandler(env: z.output<typeof getMessageEnv>) {
	const dynamo = dynamoClient();
	const log = jsonLog("get-message");
	const reading = {
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
	};
	const admitRequest = admissionOnAws(env);

	return httpHandler(async (event) => {
		const account = await accountOf(event, admitRequest);
		const found = await readMessage(reading, account.userName, pathId(event.pathParameters?.["message_id"], "message"));
		if (found.kind === "absent") throw notFound("There is no such message");
		if (found.kind === "foreign") throw forbidden("This message is another user's");
		return messageResponse(event, found);
	});
}
