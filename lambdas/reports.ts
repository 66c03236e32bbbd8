import { dynamoClient, sqsClient } from "#shared/aws/clients.ts";
import { dynamoAccounts } from "#shared/aws/dynamo-accounts.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { httpWebhooks } from "#shared/aws/http-webhooks.ts";
import { holdEntries } from "#shared/aws/sqs-queues.ts";
import { packFrom, sqsReports } from "#shared/aws/sqs-reports.ts";
import { reportsEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { jsonLog } from "#shared/log.ts";
import { deliverPack } from "#shared/usecases/deliver-pack.ts";
import { remembered } from "#shared/usecases/remembered.ts";
import { entriesAlone } from "./sqs/queue-handler.ts";

/** The reports queue: each pack is one POST to its client's webhook, tried for a day. */
const env = readEnv(reportsEnv);
const dynamo = dynamoClient();
const sqs = sqsClient();
const log = jsonLog("reports");
const deadLetters = sqsReports(sqs, env.REPORTS_DEAD_LETTERS_URL);
const delivery = {
	messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now),
	packs: dynamoPacks(dynamo, env.REPORTS_TABLE),
	accounts: remembered(dynamoAccounts(dynamo, env.ACCOUNTS_TABLE), Date.now),
	webhooks: httpWebhooks({ insideToo: env.PRIVATE_WEBHOOKS === "yes" }),
	circuits: new Map(),
	now: Date.now,
	chance: Math.random,
	retentionMs: env.RETENTION_DAYS * 24 * 60 * 60_000,
	log,
};

export const handler = entriesAlone(
	log,
	(body, delivered) => ({ pack: packFrom(body), ...delivered }),
	async ({ pack, handle, receives }) => {
		const outcome = await deliverPack(delivery, pack, receives);
		if (outcome.kind === "dead") await deadLetters.send([pack]);
		if (outcome.kind === "later") await holdEntries(sqs, env.REPORTS_QUEUE_URL, [handle], outcome.seconds);
		return outcome.kind !== "later";
	},
);
