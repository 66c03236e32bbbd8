import { randomUUID } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { dynamoBatches } from "../aws/dynamo/dynamo-batches.ts";
import { dynamoMessages } from "../aws/dynamo/dynamo-messages.ts";
import { dynamoSwitches } from "../aws/dynamo/dynamo-operator-switches.ts";
import { dynamoReportBatches } from "../aws/dynamo/dynamo-report-batches.ts";
import { dynamoSlots } from "../aws/dynamo/dynamo-slots.ts";
import { type LaneUrls, sqsLanes } from "../aws/sqs/sqs-lanes.ts";
import { sqsReports } from "../aws/sqs/sqs-reports.ts";
import type { Log } from "../log.ts";
import type { CancelBatchDeps } from "../usecases/batches/cancel-batch.ts";

export type BatchesOnAws = {
	readonly dynamo: DynamoDBClient;
	readonly sqs: SQSClient;
	readonly table: (role: string) => string;
	readonly laneUrls: LaneUrls;
	readonly reportsUrl: string;
	readonly log: Log;
};

/** The batches of a stage, for its operators. Slot rows are written without alarms: the sweep finds them. */
export function batchesOnAws({ dynamo, sqs, table, laneUrls, reportsUrl, log }: BatchesOnAws) {
	const now = Date.now;
	return {
		batches: dynamoBatches(dynamo, table("batches"), now),
		messages: dynamoMessages(dynamo, table("messages"), now, log),
		reportBatches: dynamoReportBatches(dynamo, table("reports"), log),
		switches: dynamoSwitches(dynamo, table("leases")),
		lanes: sqsLanes(sqs, sqs, laneUrls, log),
		slots: dynamoSlots(dynamo, table("slots"), now, log),
		reports: sqsReports(sqs, reportsUrl),
		newReportBatchId: () => randomUUID() as string,
		now,
		log,
	} satisfies Omit<CancelBatchDeps, "pause">;
}
