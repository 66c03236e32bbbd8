import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { ConfirmingAnswer } from "../../domain/reports/report-attempts.ts";
import type { ReportBatchStore } from "../../usecases/reports/report-batch-store.ts";
import { malformed } from "./columns.ts";
import { type Item, readItems } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/**
 * Confirmations of report batches, in the Reports table: one row for each batch, with the ids of its messages. A row that does
 * not parse confirms nothing, so the client may get those reports twice (A42).
 */
export function dynamoReportBatches(client: DynamoDBClient, table: string, log: RowLog): ReportBatchStore {
	const reading = rowReading(log, "reports", ["report_batch"], confirmationOf);
	return {
		async confirm({ reportBatchId, userName, messageIds }, at, keepUntil, how) {
			const { added, names, values } = answerFields(how);
			await client.send(
				new UpdateItemCommand({
					TableName: table,
					Key: { report_batch: { S: reportBatchId } },
					/* A repeated batch may have fewer messages: ids that were confirmed before stay confirmed. */
					UpdateExpression: `ADD message_ids :ids${added} SET confirmed_at = :at, user_name = :user, #ttl = :ttl${names}`,
					ExpressionAttributeNames: { "#ttl": "ttl" },
					ExpressionAttributeValues: {
						":ids": { NS: messageIds.map(String) },
						":at": { N: String(at) },
						":user": { S: userName },
						":ttl": { N: String(Math.ceil(keepUntil / 1_000)) },
						...values,
					},
				}),
			);
		},
		async confirmed(reportBatchIds) {
			const keys = [...new Set(reportBatchIds)].map((id) => ({ report_batch: { S: id } }));
			const items = await readItems(client, table, keys);
			return new Map(readableRows(items, reading).rows);
		},
	};
}

/** For people only: how the client confirmed the last of the messages. */
function answerFields(how: ConfirmingAnswer | undefined) {
	if (how === undefined) return { added: "", names: "", values: {} };
	const { answer, tries } = how;
	if (how.isRefused) {
		return { added: ", refused_ids :ids", names: ", refused_answer = :answer", values: { ":answer": { S: answer } } };
	}
	return {
		added: "",
		names: `, answer = :answer${tries === undefined ? "" : ", tries = :tries"}`,
		values: { ":answer": { S: answer }, ...(tries !== undefined && { ":tries": { N: String(tries) } }) },
	};
}

function confirmationOf({ report_batch: id, message_ids: ids }: Item): readonly [string, ReadonlySet<number>] {
	const messageIds = new Set(ids?.NS?.map(Number) ?? malformed("message_ids", ids));
	return [id?.S ?? malformed("report_batch", id), messageIds];
}
