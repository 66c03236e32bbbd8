import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../clock.ts";
import type { Operator } from "../../domain/message/operators.ts";
import { smscRef } from "../../domain/receipts/smsc-ref.ts";
import type { SubmissionStore, SubmittedSegment } from "../../usecases/send/submission-store.ts";
import { attributesOf, type Columns, malformed, number, rowOf, seconds, text } from "./columns.ts";
import { putItems, readItems } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading, unexpired } from "./readable-rows.ts";

const columns: Columns<SubmittedSegment> = {
	ref: text("smsc_ref"),
	messageId: number("m"),
	segmentIndex: number("g"),
	parts: number("n"),
	recipient: text("r"),
	submittedAt: number("t"),
	keepUntil: seconds("ttl"),
};

/**
 * The message and segment of each SMSC id, in the Submissions table. A row that does not parse is not found: its receipt is
 * checked again, and ends in the dead letters.
 */
export function dynamoSubmissions(client: DynamoDBClient, table: string, now: Clock, log: RowLog): SubmissionStore {
	const reading = rowReading(log, "submissions", [columns.ref.name], (item) => rowOf(columns, item));
	return {
		async put(segments) {
			/* DynamoDB refuses a call that writes a key twice. If the SMSC repeats an id, the later segment counts. */
			const byRef = new Map(segments.map((segment) => [segment.ref, segment]));
			await putItems(
				client,
				table,
				[...byRef.values()].map((segment) => attributesOf(columns, segment)),
			);
		},
		async find(refs) {
			const keys = [...new Set(refs)].map((ref) => ({ smsc_ref: { S: ref } }));
			const items = unexpired(await readItems(client, table, keys), now());
			const { rows } = readableRows(items, reading);
			return new Map(rows.map((row) => [row.ref, row]));
		},
		async putUnanswered(submits) {
			const byRef = Map.groupBy(submits, ({ operator, recipient }) => unansweredRef(operator, recipient));
			await Promise.all(
				[...byRef].map(async ([ref, own]) => {
					const keepUntil = Math.max(...own.map((one) => one.keepUntil));
					await client.send(
						new UpdateItemCommand({
							TableName: table,
							Key: { smsc_ref: { S: ref } },
							UpdateExpression: "ADD message_ids :ids SET #ttl = :ttl",
							ExpressionAttributeNames: { "#ttl": "ttl" },
							ExpressionAttributeValues: {
								":ids": { NS: [...new Set(own.map(({ messageId }) => String(messageId)))] },
								":ttl": { N: String(Math.ceil(keepUntil / 1_000)) },
							},
						}),
					);
				}),
			);
		},
		async findUnanswered(operator, recipients) {
			const byRef = new Map(recipients.map((recipient) => [unansweredRef(operator, recipient), recipient]));
			const keys = [...byRef.keys()].map((ref) => ({ smsc_ref: { S: ref } }));
			const items = await readItems(client, table, keys);
			return new Map(
				items.map((item) => {
					const { smsc_ref: ref, message_ids: ids } = item;
					return [
						byRef.get(ref?.S ?? "") ?? malformed("smsc_ref", ref),
						(ids?.NS ?? malformed("message_ids", ids)).map(Number),
					];
				}),
			);
		},
	};
}

/** The key of unanswered submits: an answered one never has an empty SMSC id. */
const unansweredRef = (operator: Operator, recipient: string) => smscRef(operator, recipient, "");
