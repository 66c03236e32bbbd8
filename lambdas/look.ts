import { randomUUID } from "node:crypto";
import type { Context, SQSEvent } from "aws-lambda";
import type * as z from "zod";
import { dynamoClient, sqsClient } from "#shared/aws/clients.ts";
import { dynamoMessages } from "#shared/aws/dynamo-messages.ts";
import { dynamoPacks } from "#shared/aws/dynamo-packs.ts";
import { dynamoSlots } from "#shared/aws/dynamo-slots.ts";
import { sqsLanes } from "#shared/aws/sqs-lanes.ts";
import { lookFrom, sqsLooks } from "#shared/aws/sqs-looks.ts";
import { sqsReports } from "#shared/aws/sqs-reports.ts";
import { lookEnv } from "#shared/contracts/environments.ts";
import { type LookCall, lookCall } from "#shared/contracts/look-call.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { lookAtShard } from "#shared/usecases/look-at-shard.ts";
import { lookAtSlot } from "#shared/usecases/look-at-slot.ts";
import { sweepSlots } from "#shared/usecases/sweep-slots.ts";
import { toldMessages } from "#shared/usecases/told-messages.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { tellingFigures } from "./figures/telling-figures.ts";
import { entriesAlone } from "./sqs/queue-handler.ts";

/** What a page of rows that has begun may take, its retries included, and a look's own entry to be queued again. */
const reserveMs = 20_000;

/** The looks queue, and the clock that fills it: what waits in a slot that is due is let go, or given up. */
export const handler = lookHandler(readEnv(lookEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function lookHandler(env: z.output<typeof lookEnv>) {
	const dynamo = dynamoClient();
	const sqs = sqsClient();
	const { log, metrics } = tellingOnAws(env, "look");
	const deps = {
		messages: toldMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, log), { log, metrics }, "rest"),
		packs: dynamoPacks(dynamo, env.REPORTS_TABLE, log),
		slots: dynamoSlots(dynamo, env.SLOTS_TABLE, Date.now, log),
		lanes: sqsLanes(sqs, sqs, env.LANE_QUEUE_URLS, log),
		looks: sqsLooks(sqs, env.LOOKS_QUEUE_URL),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		newPackId: randomUUID,
		now: Date.now,
	};

	const lookAtEntries = async (event: SQSEvent, until: number) => {
		const handle = entriesAlone({ consumer: "look", log, metrics, now: Date.now }, lookFrom, async (look) => {
			await lookAtShard(deps, look, until);
			return true;
		});
		return await handle(event);
	};

	/* A slot's alarm and the sweep fill the queue; the queue's entries are worked off. */
	return tellingFigures(
		metrics,
		async (event: SQSEvent | LookCall, context: Pick<Context, "getRemainingTimeInMillis">) => {
			const until = Date.now() + context.getRemainingTimeInMillis() - reserveMs;
			if ("Records" in event) return await lookAtEntries(event, until);
			const call = lookCall.parse(event);
			return await ("slot" in call ? lookAtSlot(deps.looks, call.slot) : sweepSlots(deps));
		},
	);
}
