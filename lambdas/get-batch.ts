import type * as z from "zod";
import { dynamoClient } from "#shared/aws/clients.ts";
import { dynamoBatches } from "#shared/aws/dynamo-batches.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { getBatchEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { messageView } from "#shared/domain/message-view.ts";
import { jsonLog } from "#shared/log.ts";
import { readBatch } from "#shared/usecases/read-batch.ts";
import { holdersOnAws } from "#shared/wiring/holders-on-aws.ts";
import { entranceOnAws } from "#shared/wiring/limits-on-aws.ts";
import { forbidden, notFound, ok } from "./http/answers.ts";
import { accountOf, httpHandler } from "./http/http-handler.ts";
import { idIn } from "./http/id-in.ts";

/** GET /batches/:batch_id: every message of a batch, never with segments (R9). */
export const handler = getBatchHandler(readEnv(getBatchEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function getBatchHandler(env: z.output<typeof getBatchEnv>) {
	const dynamo = dynamoClient();
	const log = jsonLog("get-batch");
	const reading = {
		batches: dynamoBatches(dynamo, env.BATCHES_TABLE, Date.now),
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log),
		...holdersOnAws(dynamo, env, log),
		now: Date.now,
	};
	const enter = entranceOnAws(env);

	return httpHandler(async (event) => {
		const account = await accountOf(event, enter);
		const found = await readBatch(reading, account.userName, idIn(event.pathParameters?.["batch_id"], "batch"));
		if (found.kind === "absent") throw notFound("There is no such batch");
		if (found.kind === "foreign") throw forbidden("This batch is another user's");
		return ok(found.messages.map(({ message, informed }) => messageView(message, informed)));
	});
}
