import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock, SubmissionStore, SubmittedSegment } from "../ports.ts";
import { attributesOf, type Columns, number, rowOf, seconds, text } from "./columns.ts";
import { putItems, readItems } from "./dynamo-tables.ts";
import { type RowLog, readableRows, rowReading, stillKept } from "./readable-rows.ts";

const columns: Columns<SubmittedSegment> = {
	ref: text("smsc_ref"),
	messageId: number("m"),
	segmentIndex: number("g"),
	recipient: text("r"),
	submittedAt: number("t"),
	keepUntil: seconds("ttl"),
};

/**
 * Which message an SMSC's id stands for, in its DynamoDB table. One that cannot be read is not found: its receipt is looked at again, and
 * rests in the dead letters in the end.
 */
export function dynamoSubmissions(client: DynamoDBClient, table: string, now: Clock, log: RowLog): SubmissionStore {
	const reading = rowReading(log, "submissions", [columns.ref.name], (item) => rowOf(columns, item));
	return {
		async put(segments) {
			/* An SMSC that gives the same id twice at once would have the whole call refused: the later one counts. */
			const byRef = new Map(segments.map((segment) => [segment.ref, segment]));
			await putItems(
				client,
				table,
				[...byRef.values()].map((segment) => attributesOf(columns, segment)),
			);
		},
		async find(refs) {
			const keys = [...new Set(refs)].map((ref) => ({ smsc_ref: { S: ref } }));
			const items = stillKept(await readItems(client, table, keys), now());
			const { rows } = readableRows(items, reading);
			return new Map(rows.map((row) => [row.ref, row]));
		},
	};
}
