import { setTimeout } from "node:timers/promises";
import type * as z from "zod";
import { dynamoAccounts, dynamoWebhookSecrets } from "#shared/aws/dynamo/dynamo-accounts.ts";
import { dynamoCircuitBreakers } from "#shared/aws/dynamo/dynamo-circuit-breakers.ts";
import { dynamoIncoming } from "#shared/aws/dynamo/dynamo-incoming.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportAttempts } from "#shared/aws/dynamo/dynamo-report-attempts.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoSlots } from "#shared/aws/dynamo/dynamo-slots.ts";
import { sqsAccountQueues } from "#shared/aws/sqs/sqs-account-queues.ts";
import { reportBatchFrom, sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { dynamoClient, sqsClient } from "#shared/aws/transport/aws-clients.ts";
import { reportsEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { answerLimitMs } from "#shared/domain/reports/report-retries.ts";
import { httpWebhooks } from "#shared/net/http-webhooks.ts";
import { publicLookup } from "#shared/net/public-lookup.ts";
import { cachedAccounts } from "#shared/usecases/accounts/cached-accounts.ts";
import { deliverOrRetry } from "#shared/usecases/reports/deliver-or-retry.ts";
import { webhookBreakers } from "#shared/usecases/reports/webhook-breakers.ts";
import type { Webhooks } from "#shared/usecases/reports/webhooks.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { flushingCounts } from "./metrics/flushing-counts.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";
import { entryQueueHandler } from "./sqs/queue-handler.ts";

/** The reports queue: posts each report batch to its client's webhook, with retries for a day (A40). */
export const handler = reportsHandler(readEnv(reportsEnv));

export function reportsHandler(
	env: z.output<typeof reportsEnv>,
	webhooks: Webhooks = httpWebhooks({
		limitMs: answerLimitMs,
		lookup: env.PRIVATE_WEBHOOKS === "yes" ? null : publicLookup(),
	}),
) {
	const dynamo = dynamoClient();
	const sqs = sqsClient();
	const { log, metrics } = telemetryOnAws(env, "reports");
	const counts = countsOnAws(env, log);
	const deps = {
		counter: counts,
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		incoming: dynamoIncoming(dynamo, env.INCOMING_TABLE, Date.now, log),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		reportAttempts: dynamoReportAttempts(dynamo, env.REPORTS_TABLE, log),
		accounts: cachedAccounts(dynamoAccounts(dynamo, env.ACCOUNTS_TABLE), Date.now),
		webhookSecrets: cachedAccounts(
			dynamoWebhookSecrets(dynamo, { webhookSecrets: env.WEBHOOK_SECRETS_TABLE, accounts: env.ACCOUNTS_TABLE }),
			Date.now,
		),
		accountQueues: sqsAccountQueues(sqs),
		webhooks,
		breakers: webhookBreakers({
			circuitBreakers: dynamoCircuitBreakers(dynamo, env.REPORTS_TABLE),
			now: Date.now,
			pause: setTimeout,
		}),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		/* Sets no schedule for the slot: the sweep of missed slots finds its reports minutes later, which is soon enough. */
		slots: dynamoSlots(dynamo, env.SLOTS_TABLE, Date.now, log),
		deadLetters: sqsReports(sqs, env.REPORTS_DEAD_LETTERS_URL),
		now: Date.now,
		chance: Math.random,
		retentionMs: env.RETENTION_DAYS * 24 * 60 * 60_000,
		log,
		metrics,
	};

	return flushingMetrics(
		metrics,
		flushingCounts(
			counts,
			entryQueueHandler(
				{ consumer: "reports", log, metrics, now: Date.now },
				/* The entry's own tries stay: if this attempt fails in the gateway, SQS delivers it again, and no try is counted. */
				(body) => {
					const reportBatch = reportBatchFrom(body);
					return { ...reportBatch, tries: reportBatch.tries + 1 };
				},
				async (reportBatch) => {
					await deliverOrRetry(deps, reportBatch);
					return true;
				},
			),
		),
	);
}
