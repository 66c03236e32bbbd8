import { randomUUID } from "node:crypto";
import type { Context, SQSEvent } from "aws-lambda";
import type * as z from "zod";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoSlots } from "#shared/aws/dynamo/dynamo-slots.ts";
import { dueShardFrom, sqsDueShards } from "#shared/aws/sqs/sqs-due-shards.ts";
import { sqsLanes } from "#shared/aws/sqs/sqs-lanes.ts";
import { sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { dynamoClient, sqsClient } from "#shared/aws/transport/aws-clients.ts";
import { type CheckDueCall, checkDueCall } from "#shared/contracts/check-due-call.ts";
import { checkDueEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { countedMessages } from "#shared/usecases/counts/counted-messages.ts";
import { instrumentedMessages } from "#shared/usecases/message/instrumented-messages.ts";
import { checkShard } from "#shared/usecases/schedule/check-shard.ts";
import { checkSlot } from "#shared/usecases/schedule/check-slot.ts";
import { sweepSlots } from "#shared/usecases/schedule/sweep-slots.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { flushingCounts } from "./metrics/flushing-counts.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";
import { entryQueueHandler } from "./sqs/queue-handler.ts";

/** Time for the page of rows in progress, with its retries, and for queueing the rest of the shard again. */
const reserveMs = 20_000;

/**
 * The due-shards queue, and the schedules that fill it: releases messages whose slot is due, ends those that got no receipt, and
 * queues waiting report batches again.
 */
export const handler = checkDueHandler(readEnv(checkDueEnv));

export function checkDueHandler(env: z.output<typeof checkDueEnv>) {
	const dynamo = dynamoClient();
	const sqs = sqsClient();
	const { log, metrics } = telemetryOnAws(env, "check-due");
	const counts = countsOnAws(env, log);
	const deps = {
		messages: countedMessages(
			instrumentedMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log), { log, metrics }, "rest"),
			counts,
		),
		reportBatches: dynamoReportBatches(dynamo, env.REPORTS_TABLE, log),
		slots: dynamoSlots(dynamo, env.SLOTS_TABLE, Date.now, log),
		lanes: sqsLanes(sqs, sqs, env.LANE_QUEUE_URLS, log),
		dueShards: sqsDueShards(sqs, env.DUE_SHARDS_QUEUE_URL),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		newReportBatchId: randomUUID,
		now: Date.now,
	};

	const checkShards = async (event: SQSEvent, until: number) => {
		const handle = entryQueueHandler(
			{ consumer: "check-due", log, metrics, now: Date.now },
			dueShardFrom,
			async (dueShard) => {
				await checkShard(deps, dueShard, until);
				return true;
			},
		);
		return await handle(event);
	};

	const sweep = async () => {
		await sweepSlots(deps);
		metrics.count("Sweeps", 1);
	};

	/* A slot's alarm and the sweep fill the queue; SQS events bring its entries. */
	return flushingMetrics(
		metrics,
		flushingCounts(
			counts,
			async (event: SQSEvent | CheckDueCall, context: Pick<Context, "getRemainingTimeInMillis">) => {
				const until = Date.now() + context.getRemainingTimeInMillis() - reserveMs;
				if ("Records" in event) return await checkShards(event, until);
				const call = checkDueCall.parse(event);
				return await ("slot" in call ? checkSlot(deps.dueShards, call.slot) : sweep());
			},
		),
	);
}
