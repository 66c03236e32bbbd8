import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type LaneUrls, sqsLanes } from "../aws/sqs/sqs-lanes.ts";
import { sqsReports } from "../aws/sqs/sqs-reports.ts";
import { sqsClient } from "../aws/transport/aws-clients.ts";
import type { Log } from "../log.ts";
import type { HoldDeps } from "../usecases/accept/hold-messages.ts";
import { type SlotsEnvironment, slotsOnAws } from "./slots-on-aws.ts";

export type HoldersEnvironment = SlotsEnvironment & {
	readonly LANE_QUEUE_URLS: LaneUrls;
	readonly REPORTS_QUEUE_URL: string;
};

/** The holders of messages on AWS: lanes, slots and the reports queue. */
export function holdersOnAws(dynamo: DynamoDBClient, env: HoldersEnvironment, log: Log) {
	const sqs = sqsClient();
	return {
		log,
		slots: slotsOnAws(dynamo, env, log),
		lanes: sqsLanes(sqs, sqsClient({}, 1), env.LANE_QUEUE_URLS, log),
		reports: sqsReports(sqs, env.REPORTS_QUEUE_URL),
	} satisfies Omit<HoldDeps, "messages">;
}
