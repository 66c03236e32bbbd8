import { setTimeout } from "node:timers/promises";
import type * as z from "zod";
import { dynamoClient, sqsClient } from "#shared/aws/clients.ts";
import { dynamoAccounts } from "#shared/aws/dynamo-accounts.ts";
import { dynamoCircuits } from "#shared/aws/dynamo-circuits.ts";
import { dynamoIncoming } from "#shared/aws/dynamo-incoming.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { dynamoSlots } from "#shared/aws/dynamo-slots.ts";
import { httpWebhooks } from "#shared/aws/http-webhooks.ts";
import { publicLookup } from "#shared/aws/public-lookup.ts";
import { sqsAccountQueues } from "#shared/aws/sqs-account-queues.ts";
import { packFrom, sqsReports } from "#shared/aws/sqs-reports.ts";
import { reportsEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import type { Webhooks } from "#shared/ports.ts";
import { remembered } from "#shared/usecases/remembered.ts";
import { reportPack } from "#shared/usecases/report-pack.ts";
import { webhookGates } from "#shared/usecases/webhook-gates.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { tellingFigures } from "./figures/telling-figures.ts";
import { entriesAlone } from "./sqs/queue-handler.ts";

/** The reports queue: each pack is one POST to its client's webhook, tried for a day (A40). */
export const handler = reportsHandler(readEnv(reportsEnv));

/**
 * Makes the handler of one container: its clients and its caches are its own.
 * @param webhooks posts to the clients' servers.
 */
export function reportsHandler(
	env: z.output<typeof reportsEnv>,
	webhooks: Webhooks = httpWebhooks({
		limitMs: 10_000,
		lookup: env.PRIVATE_WEBHOOKS === "yes" ? null : publicLookup(),
	}),
) {
	const dynamo = dynamoClient();
	const sqs = sqsClient();
	const { log, metrics } = tellingOnAws(env, "reports");
	const reporting = {
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		incoming: dynamoIncoming(dynamo, env.INCOMING_TABLE, Date.now, log),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log),
		accounts: remembered(dynamoAccounts(dynamo, env.ACCOUNTS_TABLE), Date.now),
		accountQueues: sqsAccountQueues(sqs),
		webhooks,
		gates: webhookGates({ circuits: dynamoCircuits(dynamo, env.REPORTS_TABLE), now: Date.now, pause: setTimeout }),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		/* Without alarms: a report that waits for a slot is in no hurry, and the sweep finds it. */
		slots: dynamoSlots(dynamo, env.SLOTS_TABLE, Date.now, log),
		deadLetters: sqsReports(sqs, env.REPORTS_DEAD_LETTERS_URL),
		now: Date.now,
		chance: Math.random,
		retentionMs: env.RETENTION_DAYS * 24 * 60 * 60_000,
		log,
	};

	return tellingFigures(
		metrics,
		entriesAlone(
			{ consumer: "reports", log, metrics, now: Date.now },
			/* A try that a fault of ours cut short has told the client nothing: it is none. */
			(body) => {
				const pack = packFrom(body);
				return { ...pack, tries: pack.tries + 1 };
			},
			async (pack) => {
				await reportPack(reporting, pack);
				return true;
			},
		),
	);
}
