import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { dynamoBatches } from "../aws/dynamo/dynamo-batches.ts";
import { incomingMessageOf } from "../aws/dynamo/dynamo-incoming.ts";
import type { Item } from "../aws/dynamo/dynamo-items.ts";
import { dynamoMessages } from "../aws/dynamo/dynamo-messages.ts";
import { isSwitch } from "../aws/dynamo/dynamo-operator-switches.ts";
import { partsRowOf } from "../aws/dynamo/dynamo-parts.ts";
import { dynamoReportBatches } from "../aws/dynamo/dynamo-report-batches.ts";
import { restoredItems, restoredRows, writeAbsentItems } from "../aws/dynamo/dynamo-restored.ts";
import { dynamoSlots } from "../aws/dynamo/dynamo-slots.ts";
import { messageOf } from "../aws/dynamo/message-columns.ts";
import { rowReading } from "../aws/dynamo/readable-rows.ts";
import { sqsIncoming } from "../aws/sqs/sqs-incoming.ts";
import { type LaneUrls, sqsReplacementLanes } from "../aws/sqs/sqs-lanes.ts";
import { sqsReports } from "../aws/sqs/sqs-reports.ts";
import { filledTables } from "../contracts/filled-tables.ts";
import type { Log } from "../log.ts";
import type { RestoredIncoming } from "../usecases/restore/requeue-incoming.ts";
import type { RestoreDeps } from "../usecases/restore/restore-stage.ts";
import type { WalkDeps } from "../usecases/restore/walk-table.ts";

export type RestoreOnAws = {
	readonly dynamo: DynamoDBClient;
	readonly sqs: SQSClient;
	/** The name of the stage's table, and of the restored one. */
	readonly table: (role: string) => string;
	readonly restoredTable: (role: string) => string;
	readonly laneUrls: LaneUrls;
	readonly reportsUrl: string;
	readonly incomingUrl: string;
	/** No task of the stage runs. */
	readonly isStopped: boolean;
	readonly log: Log;
};

/** Of the leases, only the switches of paused operators and batches are restored: no task holds a lease any more. */
const wanted: Readonly<Record<string, (item: Item) => boolean>> = { leases: isSwitch };

/** As many writes are under way at once. */
const usualPageRows = 250;

export function restoreOnAws(
	{ dynamo, sqs, table, restoredTable, laneUrls, reportsUrl, incomingUrl, isStopped, log }: RestoreOnAws,
	{ pageRows = usualPageRows, ...walking }: Omit<WalkDeps, "log"> & { readonly pageRows?: number },
): RestoreDeps<Item> {
	const now = Date.now;
	const restored = (role: string) => ({ client: dynamo, table: restoredTable(role), now, pageRows });
	return {
		...walking,
		log,
		tables: Object.entries(filledTables).map(([role, partitionKey]) => ({
			role,
			restored: restoredItems(restored(role), wanted[role]),
			writeAbsent: async (items) => await writeAbsentItems(dynamo, table(role), partitionKey, items),
		})),
		restoredMessages: restoredRows(restored("messages"), rowReading(log, "messages", ["message_id"], messageOf)),
		messages: dynamoMessages(dynamo, table("messages"), now, log),
		isStopped,
		restoredIncoming: restoredRows(restored("incoming"), rowReading(log, "incoming", ["part_of"], restoredIncomingOf)),
		lanes: sqsReplacementLanes(sqs, laneUrls),
		slots: dynamoSlots(dynamo, table("slots"), now, log),
		reports: sqsReports(sqs, reportsUrl),
		reportBatches: dynamoReportBatches(dynamo, table("reports"), log),
		batches: dynamoBatches(dynamo, table("batches"), now),
		incomingQueue: sqsIncoming(sqs, incomingUrl),
	};
}

function restoredIncomingOf(item: Item): RestoredIncoming {
	if (item["part"]?.S === "parts") return { kind: "parts", row: partsRowOf(item) };
	return { kind: "message", message: incomingMessageOf(item) };
}
