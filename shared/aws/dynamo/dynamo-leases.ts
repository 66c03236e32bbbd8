import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { LeaseStore } from "../../flow/lease-store.ts";
import { number, text } from "./columns.ts";
import { type Item, readItems } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/** Rows that nobody holds any more are left to DynamoDB's own deletion. */
const keptMs = 24 * 60 * 60_000;

/**
 * Leases in their table, a row each. A call that the SDK sends twice meets its own row, which is as good as a free one. A call that
 * arrives late, after its lease was released, keeps the lease from others until the time that it names, and no longer.
 */
export function dynamoLeases(client: DynamoDBClient, table: string, log: RowLog): LeaseStore {
	const reading = rowReading(log, "leases", ["lease"], leaseOf);

	/** False where the condition does not hold. */
	async function update(lease: string, expression: string, condition: string, values: Item): Promise<boolean> {
		const command = new UpdateItemCommand({
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
		try {
			await client.send(command);
			return true;
		} catch (error) {
			if (error instanceof ConditionalCheckFailedException) return false;
			throw error;
		}
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
					":ttl": { N: String(Math.ceil((until + keptMs) / 1_000)) },
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
