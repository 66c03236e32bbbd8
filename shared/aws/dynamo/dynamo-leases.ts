import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { LeaseStore } from "../../flow/lease-store.ts";
import { number, text } from "./columns.ts";
import { type Item, readItems, updateIf } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/** Time until DynamoDB deletes the row of an expired lease. */
const retentionMs = 24 * 60 * 60_000;

/**
 * Leases in the Leases table, one row each. A call that the SDK repeats succeeds on its own row. A call that arrives late,
 * after the release, takes the lease until the time in the call.
 */
export function dynamoLeases(client: DynamoDBClient, table: string, log: RowLog): LeaseStore {
	const reading = rowReading(log, "leases", ["lease"], leaseOf);

	async function update(lease: string, expression: string, condition: string, values: Item): Promise<boolean> {
		return await updateIf(client, {
			TableName: table,
			Key: key(lease),
			UpdateExpression: expression,
			ConditionExpression: condition,
			ExpressionAttributeNames: {
				"#holder": "holder",
				"#until": "held_until",
				...(":ttl" in values && { "#ttl": "ttl" }),
			},
			ExpressionAttributeValues: values,
		});
	}

	return {
		hold: async (lease, holder, now, until) =>
			await update(
				lease,
				"SET #holder = :holder, #until = :until, #ttl = :ttl",
				"attribute_not_exists(#holder) OR #holder = :holder OR #until <= :now",
				{
					":holder": { S: holder },
					":now": { N: String(now) },
					":until": { N: String(until) },
					":ttl": { N: String(Math.ceil((until + retentionMs) / 1_000)) },
				},
			),
		async release(lease, holder) {
			await update(lease, "SET #until = :never", "#holder = :holder", {
				":holder": { S: holder },
				":never": { N: "0" },
			});
		},
		async holders(leases, now) {
			const items = await readItems(client, table, [...new Set(leases)].map(key));
			const held = readableRows(items, reading).rows.filter(({ until }) => until > now);
			return new Map(held.map(({ lease, holder }) => [lease, holder]));
		},
	};
}

function leaseOf({ lease, holder, held_until: until }: Item) {
	return {
		lease: text("lease").read(lease),
		holder: text("holder").read(holder),
		until: number("held_until").read(until),
	};
}

const key = (lease: string): Item => ({ lease: { S: lease } });
