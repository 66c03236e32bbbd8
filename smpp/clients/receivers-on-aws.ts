import { dynamoIncoming } from "#shared/aws/dynamo/dynamo-incoming.ts";
import { dynamoLeases } from "#shared/aws/dynamo/dynamo-leases.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { sqsAccountQueueSource } from "#shared/aws/sqs/sqs-account-queues.ts";
import { dynamoClient, sqsClient, sqsPollingClient } from "#shared/aws/transport/aws-clients.ts";
import type { Log } from "#shared/log.ts";
import type { Metrics } from "#shared/metrics.ts";
import type { Counter } from "#shared/usecases/counts/counter.ts";
import { openReceivers, type Receivers } from "./receivers.ts";
import { liveSessionsReader } from "./session-places.ts";

type Environment = {
	readonly MESSAGES_TABLE: string;
	readonly INCOMING_TABLE: string;
	readonly REPORTS_TABLE: string;
	readonly LEASES_TABLE: string;
	readonly RETENTION_DAYS: number;
	readonly LANE_VISIBILITY_SECONDS: number;
};

type ReceiverTelemetry = { readonly log: Log; readonly metrics: Metrics; readonly counter: Counter };

/** One long poll for each account that has a session here. */
const pollsMax = 2_000;

/** Less than the task's stop limit: the sessions unbind after that. */
const drainMs = 1_500;

export function receiversOnAws(env: Environment, { log, metrics, counter }: ReceiverTelemetry): Receivers {
	const dynamo = dynamoClient();
	return openReceivers({
		messages: dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log),
		incoming: dynamoIncoming(dynamo, env.INCOMING_TABLE, Date.now, log),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		source: sqsAccountQueueSource(sqsClient(), sqsPollingClient(pollsMax), log),
		liveSessions: liveSessionsReader({ leases: dynamoLeases(dynamo, env.LEASES_TABLE, log), now: Date.now }),
		visibilitySeconds: env.LANE_VISIBILITY_SECONDS,
		retentionMs: env.RETENTION_DAYS * 24 * 60 * 60_000,
		now: Date.now,
		monotonic: () => performance.now(),
		chance: Math.random,
		drainMs,
		counter,
		metrics,
		log,
	});
}
