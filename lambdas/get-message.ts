import type * as z from "zod";
import { dynamoClient } from "#shared/aws/clients.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { getMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { jsonLog } from "#shared/log.ts";
import { readMessage } from "#shared/usecases/read-message.ts";
import { entranceOnAws } from "#shared/wiring/limits-on-aws.ts";
import { forbidden, notFound } from "./http/answers.ts";
import { accountOf, httpHandler } from "./http/http-handler.ts";
import { idIn } from "./http/id-in.ts";
import { messageAnswer } from "./http/message-answer.ts";

/** GET /messages/:message_id: one message, with its segments where `segments_info=true` asks for them (R6, R13). */
export const handler = getMessageHandler(readEnv(getMessageEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function getMessageHandler(env: z.output<typeof getMessageEnv>) {
	const dynamo = dynamoClient();
	const log = jsonLog("get-message");
	const reading = {
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log),
	};
	const enter = entranceOnAws(env);

	return httpHandler(async (event) => {
		const account = await accountOf(event, enter);
		const found = await readMessage(reading, account.userName, idIn(event.pathParameters?.["message_id"], "message"));
		if (found.kind === "absent") throw notFound("There is no such message");
		if (found.kind === "foreign") throw forbidden("This message is another user's");
		return messageAnswer(event, found);
	});
}
