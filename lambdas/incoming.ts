import { randomUUID } from "node:crypto";
import type * as z from "zod";
import { dynamoClient, sqsClient } from "#shared/aws/clients.ts";
import { dynamoIncoming } from "#shared/aws/dynamo-incoming.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { dynamoParts } from "#shared/aws/dynamo-parts.ts";
import { dynamoShortCodes } from "#shared/aws/dynamo-short-codes.ts";
import { sqsIncoming } from "#shared/aws/sqs-incoming.ts";
import { sqsReports } from "#shared/aws/sqs-reports.ts";
import { incomingEnv } from "#shared/contracts/environments.ts";
import { incomingEntryBody } from "#shared/contracts/incoming-entry.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { takeIncoming } from "#shared/usecases/take-incoming.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { tellingFigures } from "./figures/telling-figures.ts";
import { entriesTogether } from "./sqs/queue-handler.ts";

/** The incoming queue: parts of what subscribers sent are joined, and reported to those whose short code it came to (R40, A48). */
export const handler = incomingHandler(readEnv(incomingEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function incomingHandler(env: z.output<typeof incomingEnv>) {
	const dynamo = dynamoClient();
	const sqs = sqsClient();
	const { log, metrics } = tellingOnAws(env, "incoming");
	const deps = {
		parts: dynamoParts(dynamo, env.INCOMING_TABLE, log),
		incoming: dynamoIncoming(dynamo, env.INCOMING_TABLE, Date.now, log),
		shortCodes: dynamoShortCodes(dynamo, env.SHORT_CODES_TABLE, log),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		queue: sqsIncoming(sqs, env.INCOMING_QUEUE_URL),
		unrouted: sqsIncoming(sqs, env.INCOMING_DEAD_LETTERS_URL),
		newPackId: randomUUID,
		now: Date.now,
		waitMs: env.INCOMING_WAIT_SECONDS * 1_000,
		retentionMs: env.RETENTION_DAYS * 24 * 60 * 60_000,
		log,
	};

	return tellingFigures(
		metrics,
		entriesTogether(
			{ consumer: "incoming", log, metrics, now: Date.now },
			(body) => incomingEntryBody.parse(body),
			async (entries) => await takeIncoming(deps, entries),
		),
	);
}
