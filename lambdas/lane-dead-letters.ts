import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { dynamoClient, sqsClient } from "#shared/aws/clients.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { sqsReports } from "#shared/aws/sqs-reports.ts";
import { laneDeadLettersEnv } from "#shared/contracts/environments.ts";
import { laneEntryBody } from "#shared/contracts/queue-entries.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { endStranded } from "#shared/usecases/end-stranded.ts";
import { toldMessages } from "#shared/usecases/told-messages.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { tellingFigures } from "./figures/telling-figures.ts";
import { entriesTogether } from "./sqs/queue-handler.ts";

/** The dead letters of all lanes: messages that were tried and tried, and never went, get their end and its report. */
export const handler = laneDeadLettersHandler(readEnv(laneDeadLettersEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function laneDeadLettersHandler(env: z.output<typeof laneDeadLettersEnv>) {
	const dynamo = dynamoClient();
	const { log, metrics } = tellingOnAws(env, "lane-dead-letters");
	const deps = {
		messages: toldMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log), { log, metrics }, "rest"),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log),
		reports: sqsReports(sqsClient(), env.REPORTS_QUEUE_URL),
		newPackId: randomUUID,
		now: Date.now,
	};

	return tellingFigures(
		metrics,
		entriesTogether(
			{ consumer: "lane-dead-letters", log, metrics, now: Date.now },
			(body) => laneEntryBody.parse(body).message_ids,
			async (entries) => {
				log.error("lane_entries.stranded", { entries: entries.length, message_ids: entries.flat() });
				await endStranded(deps, entries.flat());
			},
		),
	);
}
