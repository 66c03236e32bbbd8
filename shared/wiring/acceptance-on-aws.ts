import { randomUUID } from "node:crypto";
import { dynamoClient, sqsClient } from "../aws/clients.ts";
import { dynamoMessages } from "../aws/dynamo-messages.ts";
import { dynamoNumbers } from "../aws/dynamo-numbers.ts";
import { type LaneUrls, sqsLanes } from "../aws/sqs-lanes.ts";
import { sqsReports } from "../aws/sqs-reports.ts";
import type { Log, MessageStore, Metrics } from "../ports.ts";
import type { Acceptance } from "../usecases/accept-messages.ts";
import { toldMessages } from "../usecases/told-messages.ts";
import { type SlotsEnvironment, slotsOnAws } from "./slots-on-aws.ts";

const dayMs = 24 * 60 * 60_000;

type Environment = SlotsEnvironment & {
	readonly MESSAGES_TABLE: string;
	readonly NUMBERS_TABLE: string;
	readonly LANE_QUEUE_URLS: LaneUrls;
	readonly REPORTS_QUEUE_URL: string;
	readonly MESSAGE_ID_KEY: string;
	readonly RETENTION_DAYS: number;
};

/** What taking messages in needs, on AWS: for each door that they come in by. */
export function acceptanceOnAws(
	env: Environment,
	telling: { readonly log: Log; readonly metrics: Metrics },
	door: "rest" | "smpp",
): Acceptance & { readonly messages: MessageStore } {
	const dynamo = dynamoClient();
	const sqs = sqsClient();
	return {
		messages: toldMessages(dynamoMessages(dynamo, env.MESSAGES_TABLE, Date.now, telling.log), telling, door),
		numbers: dynamoNumbers(dynamo, env.NUMBERS_TABLE, telling.log),
		slots: slotsOnAws(dynamo, env, telling.log),
		lanes: sqsLanes(sqs, env.LANE_QUEUE_URLS),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
		now: Date.now,
		idKey: env.MESSAGE_ID_KEY,
		retentionMs: env.RETENTION_DAYS * dayMs,
		newAttempt: randomUUID,
	};
}
