import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { dynamoClient, sqsClient } from "#shared/aws/clients.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { sqsReports } from "#shared/aws/sqs-reports.ts";
import { deleteMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { toldMessages } from "#shared/usecases/told-messages.ts";
import { withdrawMessage } from "#shared/usecases/withdraw-message.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { entranceOnAws } from "#shared/wiring/limits-on-aws.ts";
import { tellingFigures } from "./figures/telling-figures.ts";
import { conflict, forbidden, noContent, notFound } from "./http/answers.ts";
import { accountOf, httpHandler } from "./http/http-handler.ts";
import { idIn } from "./http/id-in.ts";

/** DELETE /messages/:message_id: withdraws a scheduled message that has not gone yet (R8, A21, A22). */
export const handler = deleteMessageHandler(readEnv(deleteMessageEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function deleteMessageHandler(env: z.output<typeof deleteMessageEnv>) {
	const telling = tellingOnAws(env, "delete-message");
	const dynamo = dynamoClient();
	const withdrawing = {
		messages: toldMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, telling.log), telling, "rest"),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, telling.log),
		reports: sqsReports(sqsClient(), env.REPORTS_QUEUE_URL),
		newPackId: randomUUID,
		now: Date.now,
	};
	const enter = entranceOnAws(env);

	return tellingFigures(
		telling.metrics,
		httpHandler(async (event) => {
			const account = await accountOf(event, enter);
			const messageId = idIn(event.pathParameters?.["message_id"], "message");
			const { kind } = await withdrawMessage(withdrawing, account.userName, messageId);
			if (kind === "absent") throw notFound("There is no such message");
			if (kind === "foreign") throw forbidden("This message is another user's");
			if (kind === "unscheduled") throw conflict("This message was not scheduled: it cannot be withdrawn");
			if (kind === "gone") throw conflict("This message was handed on already: it cannot be withdrawn any more");
			return noContent();
		}),
	);
}
