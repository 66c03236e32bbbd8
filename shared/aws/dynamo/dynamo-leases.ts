import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { LeaseStore } from "../../flow/lease-store.ts";
import { nullable, number, text } from "./columns.ts";
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
				...(":note" in values && { "#note": "note" }),
			},
			ExpressionAttributeValues: values,
		});
	}

	async function held(leases: readonly string[], now: number) {
		const items = await readItems(client, table, [...new Set(leases)].map(key));
		return readableRows(items, reading).rows.filter(({ until }) => until > now);
	}

	return {
		hold: async (lease, holder, now, until, note) =>
			await update(
				lease,
				`SET #holder = :holder, #until = :until, #ttl = :ttl${note === undefined ? "" : ", #note = :note"}`,
				"attribute_not_exists(#holder) OR #holder = :holder OR #until <= :now",
				{
					":holder": { S: holder },
					":now": { N: String(now) },
					":until": { N: String(until) },
					":ttl": { N: String(Math.ceil((until + retentionMs) / 1_000)) },
					...(note !== undefined && { ":note": { S: note } }),
				},
			),
		async release(lease, holder) {
			await update(lease, "SET #until = :never", "#holder = :holder", {
				":holder": { S: holder },
				":never": { N: "0" },
			});
		},
		async holders(leases, now) {
			return new Map((await held(leases, now)).map(({ lease, holder }) => [lease, holder]));
		},
		async notes(leases, now) {
			const noted = (await held(leases, now)).flatMap(({ lease, holder, until, note }) =>
				note === null ? [] : [[lease, { holder, until, note }] as const],
			);
			return new Map(noted);
		},
	};
}

function leaseOf({ lease, holder, held_until: until, note }: Item) {
	return {
		lease: text("lease").read(lease),
		holder: text("holder").read(holder),
		until: number("held_until").read(until),
		note: nullable(text("note")).read(note),
	};
}

const key = (lease: string): Item => ({ lease: { S: lease } });
