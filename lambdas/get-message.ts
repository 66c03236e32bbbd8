import { dynamoClient } from "#shared/aws/clients.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { getMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { messageView, segmentView } from "#shared/domain/message-view.ts";
import { readMessage } from "#shared/usecases/read-message.ts";
import { doorkeeperOnAws } from "#shared/wiring/doorkeeper-on-aws.ts";
import { forbidden, notFound, ok } from "./http/answers.ts";
import { accountOf, httpHandler } from "./http/http-handler.ts";
import { messageIdIn } from "./http/message-id-in.ts";

/** GET /messages/:message_id: one message, with its segments where `segments_info=true` asks for them (R6, R13). */
const env = readEnv(getMessageEnv);
const dynamo = dynamoClient();
const reading = {
	messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now),
	packs: dynamoPacks(dynamo, env.REPORTS_TABLE),
};
const doorkeeper = doorkeeperOnAws(env);

export const handler = httpHandler(async (event) => {
	const account = await accountOf(event, doorkeeper);
	const found = await readMessage(reading, account.userName, messageIdIn(event.pathParameters?.["message_id"]));
	if (found.kind === "absent") throw notFound("There is no such message");
	if (found.kind === "foreign") throw forbidden("This message is another user's");
	const view = messageView(found.message, found.informed);
	if (event.queryStringParameters?.["segments_info"] !== "true") return ok(view);
	return ok({ ...view, segments: found.message.segments.map(segmentView) });
});
