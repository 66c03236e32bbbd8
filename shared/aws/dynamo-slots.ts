import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { slotShardKey } from "../domain/slots.ts";
import type { SlotStore } from "../ports.ts";
import { putItems } from "./dynamo-tables.ts";

/** What is to be looked at later, in the Slots table: a partition for each shard of each slot. */
export function dynamoSlots(client: DynamoDBClient, table: string): SlotStore {
	return {
		async put(rows) {
			await putItems(
				client,
				table,
				rows.map((row) => ({
					slot_shard: { S: slotShardKey(row.slot, row.shard) },
					look: { S: row.look },
					order: { S: JSON.stringify(row.order) },
					ttl: { N: String(Math.ceil(row.keepUntil / 1_000)) },
				})),
			);
		},
	};
}
