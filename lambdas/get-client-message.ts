import type * as z from "zod";
import { dynamoClient } from "#shared/aws/clients.ts";
import { dynamoBatches } from "#shared/aws/dynamo-batches.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { getClientMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { jsonLog } from "#shared/log.ts";
import { type ClientReading, readClientMessage } from "#shared/usecases/read-message.ts";
import { holdersOnAws } from "#shared/wiring/holders-on-aws.ts";
import { entranceOnAws } from "#shared/wiring/limits-on-aws.ts";
import { notFound } from "./http/answers.ts";
import { accountOf, httpHandler } from "./http/http-handler.ts";
import { messageAnswer } from "./http/message-answer.ts";

/** GET /users/:user_name/client_messages/:client_message_id: one message by the id that its client gave it (R12, A21). */
export const handler = getClientMessageHandler(readEnv(getClientMessageEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function getClientMessageHandler(env: z.output<typeof getClientMessageEnv>) {
	const dynamo = dynamoClient();
	const log = jsonLog("get-client-message");
	const reading = {
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log),
		batches: dynamoBatches(dynamo, env.BATCHES_TABLE, Date.now),
		...holdersOnAws(dynamo, env, log),
		now: Date.now,
	};
	const enter = entranceOnAws(env);

	return httpHandler(async (event) => {
		const { userName } = await accountOf(event, enter);
		const { user_name = "", client_message_id = "" } = event.pathParameters ?? {};
		const found = user_name === userName ? await find(reading, env.MESSAGE_ID_KEY, userName, client_message_id) : null;
		if (found === null) throw notFound("There is no such message");
		return messageAnswer(event, found);
	});
}

/** An id may hold slashes, and one at the end may be the path's own (A44): the id as it stands goes first. */
async function find(reading: ClientReading, idKey: string, userName: string, id: string) {
	const found = await readClientMessage(reading, idKey, userName, id);
	if (found !== null || !id.endsWith("/")) return found;
	return await readClientMessage(reading, idKey, userName, id.slice(0, -1));
}
