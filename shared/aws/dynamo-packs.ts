import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { PackStore } from "../ports.ts";
import { malformed } from "./columns.ts";
import { type Item, readItems } from "./dynamo-tables.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/**
 * Confirmations of packs, in the Reports table: one row a pack, which holds the ids of the messages that it told of. One that cannot be read
 * confirms nothing: its client may be told twice (A42).
 */
export function dynamoPacks(client: DynamoDBClient, table: string, log: RowLog): PackStore {
	const reading = rowReading(log, "reports", ["pack"], confirmationOf);
	return {
		async confirm({ packId, userName, messageIds }, at, keepUntil) {
			await client.send(
				new UpdateItemCommand({
					TableName: table,
					Key: { pack: { S: packId } },
					/* A pack sent again may hold fewer of its messages: what was confirmed before stays so. */
					UpdateExpression: "ADD message_ids :ids SET confirmed_at = :at, user_name = :user, #ttl = :ttl",
					ExpressionAttributeNames: { "#ttl": "ttl" },
					ExpressionAttributeValues: {
						":ids": { NS: messageIds.map(String) },
						":at": { N: String(at) },
						":user": { S: userName },
						":ttl": { N: String(Math.ceil(keepUntil / 1_000)) },
					},
				}),
			);
		},
		async confirmed(packIds) {
			const keys = [...new Set(packIds)].map((pack) => ({ pack: { S: pack } }));
			const items = await readItems(client, table, keys);
			return new Map(readableRows(items, reading).rows);
		},
	};
}

function confirmationOf({ pack, message_ids: ids }: Item): readonly [string, ReadonlySet<number>] {
	const messageIds = new Set(ids?.NS?.map(Number) ?? malformed("message_ids", ids));
	return [pack?.S ?? malformed("pack", pack), messageIds];
}
