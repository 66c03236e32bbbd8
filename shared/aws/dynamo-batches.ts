import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Batch } from "../domain/batch.ts";
import type { BatchStore, Clock } from "../ports.ts";
import { attributesOf, type Columns, malformed, number, rowOf, seconds, text } from "./columns.ts";
import { putItems, readItems } from "./dynamo-tables.ts";

const columns: Columns<Batch> = {
	batchId: number("batch_id"),
	userName: text("u"),
	messageIds: {
		name: "m",
		write: (value) => ({ L: value.map((id) => ({ N: String(id) })) }),
		read: (attribute) =>
			attribute?.L?.map((id) => (id.N === undefined ? malformed("m", id) : Number(id.N))) ?? malformed("m", attribute),
	},
	acceptedAt: number("ia"),
	keepUntil: seconds("ttl"),
};

/** Batches in their DynamoDB table, each one item. */
export function dynamoBatches(client: DynamoDBClient, table: string, now: Clock): BatchStore {
	return {
		put: async (batch) => await putItems(client, table, [attributesOf(columns, batch)]),
		async find(batchId) {
			const [item] = await readItems(client, table, [{ batch_id: { N: String(batchId) } }]);
			const batch = item === undefined ? null : rowOf(columns, item);
			return batch !== null && batch.keepUntil > now() ? batch : null;
		},
	};
}
