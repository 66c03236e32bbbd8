import { randomUUID } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { dynamoBatches } from "../aws/dynamo/dynamo-batches.ts";
import { dynamoCounts } from "../aws/dynamo/dynamo-counts.ts";
import { dynamoMessages } from "../aws/dynamo/dynamo-messages.ts";
import { dynamoSwitches } from "../aws/dynamo/dynamo-operator-switches.ts";
import { dynamoReportBatches } from "../aws/dynamo/dynamo-report-batches.ts";
import { dynamoSlots } from "../aws/dynamo/dynamo-slots.ts";
import { type LaneUrls, sqsLanes } from "../aws/sqs/sqs-lanes.ts";
import { sqsReports } from "../aws/sqs/sqs-reports.ts";
import type { Log } from "../log.ts";
import type { CancelBatchDeps } from "../usecases/batches/cancel-batch.ts";
import { countBuffer } from "../usecases/counts/count-buffer.ts";
import { countedMessages } from "../usecases/counts/counted-messages.ts";

export type BatchesOnAws = {
	readonly dynamo: DynamoDBClient;
	/** Makes one attempt. */
	readonly dynamoOnce: DynamoDBClient;
	readonly sqs: SQSClient;
	readonly table: (role: string) => string;
	readonly slotsTable: string;
	readonly laneUrls: LaneUrls;
	readonly reportsUrl: string;
	readonly log: Log;
};

/** The batches of a stage, for its operators. Flush `counts` at the end. Slot rows are written without alarms: the sweep finds them. */
export function batchesOnAws({ dynamo, dynamoOnce, sqs, table, slotsTable, laneUrls, reportsUrl, log }: BatchesOnAws) {
	const now = Date.now;
	const counts = countBuffer({ store: dynamoCounts(dynamoOnce, table("counts"), log), monotonic: now, log });
	const deps = {
		batches: dynamoBatches(dynamo, table("batches"), now),
		messages: countedMessages(dynamoMessages(dynamo, table("messages"), now, log), counts),
		reportBatches: dynamoReportBatches(dynamo, table("reports"), log),
		switches: dynamoSwitches(dynamo, table("leases")),
		lanes: sqsLanes(sqs, sqs, laneUrls, log),
		slots: dynamoSlots(dynamo, slotsTable, now, log),
		reports: sqsReports(sqs, reportsUrl),
		newReportBatchId: () => randomUUID() as string,
		now,
		log,
	} satisfies Omit<CancelBatchDeps, "pause">;
	return { ...deps, counts };
}
