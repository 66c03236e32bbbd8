import { type AttributeValue, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { ConfirmedReport, FailedReport, ReportAttempts } from "../../domain/reports/report-attempts.ts";
import type { ReportAttemptStore } from "../../usecases/reports/report-attempt-store.ts";
import { type Columns, nullable, number, seconds, text } from "./columns.ts";
import { type Item, readItems } from "./dynamo-items.ts";
import { jsonColumn } from "./packed-column.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

const columns: Columns<Omit<FailedReport, "tries">> = {
	at: number("t"),
	answer: text("a"),
	nextAt: nullable(number("n")),
};
const prefix = "attempts#";
const attemptName = /^t([1-9]\d*)$/;

/**
 * Attempts of report batches, in the Reports table: a row `attempts#<id>` with an attribute for each number of tries, so that it
 * is bounded as they are (ADR 0114). The attempt that was confirmed is in the row of the report batch.
 */
export function dynamoReportAttempts(client: DynamoDBClient, table: string, log: RowLog): ReportAttemptStore {
	const reading = rowReading(log, "reports", ["report_batch"], attemptsOf);
	return {
		async failed(reportBatchId, { tries, ...attempt }, keepUntil) {
			const ttl = seconds("ttl");
			await client.send(
				new UpdateItemCommand({
					TableName: table,
					Key: { report_batch: { S: `${prefix}${reportBatchId}` } },
					UpdateExpression: "SET #attempt = :attempt, #ttl = :ttl",
					ExpressionAttributeNames: { "#attempt": `t${tries}`, "#ttl": ttl.name },
					ExpressionAttributeValues: {
						":attempt": jsonColumn(`t${tries}`, columns).write(attempt),
						":ttl": ttl.write(keepUntil),
					},
				}),
			);
		},
		async of(reportBatchIds) {
			const ids = [...new Set(reportBatchIds)];
			const keys = ids.flatMap((id) => [id, `${prefix}${id}`]).map((key) => ({ report_batch: { S: key } }));
			const rows = new Map(readableRows(await readItems(client, table, keys), reading).rows);
			return new Map(
				ids.flatMap((id) => {
					const confirmed = rows.get(id)?.confirmed ?? null;
					const failed = rows.get(`${prefix}${id}`)?.failed ?? [];
					return confirmed === null && failed.length === 0 ? [] : [[id, { failed, confirmed }] as const];
				}),
			);
		},
	};
}

function attemptsOf(item: Item): readonly [string, ReportAttempts] {
	return [text("report_batch").read(item["report_batch"]), { failed: failedIn(item), confirmed: confirmedIn(item) }];
}

function failedIn(item: Item): readonly FailedReport[] {
	return Object.entries(item)
		.flatMap(([name, attribute]: [string, AttributeValue]) => {
			const tries = Number(attemptName.exec(name)?.[1] ?? 0);
			return tries === 0 ? [] : [{ tries, ...jsonColumn(name, columns).read(attribute) }];
		})
		.sort((one, other) => one.tries - other.tries);
}

function confirmedIn(item: Item): ConfirmedReport | null {
	const { confirmed_at: at, message_ids: ids, answer, tries, refused_ids: refusedIds, refused_answer: why } = item;
	if (ids === undefined) return null;
	return {
		at: number("confirmed_at").read(at),
		answer: nullable(text("answer")).read(answer),
		tries: nullable(number("tries")).read(tries),
		messageIds: new Set(ids.NS?.map(Number)),
		...(refusedIds !== undefined && {
			refused: {
				answer: nullable(text("refused_answer")).read(why) ?? "",
				messageIds: new Set(refusedIds.NS?.map(Number)),
			},
		}),
	};
}
