import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { PackStore } from "../ports.ts";
import { malformed } from "./columns.ts";
import { type Item, readItems } from "./dynamo-tables.ts";

/** Confirmations of packs, in the Reports table: one row a pack, which holds the ids of the messages that it told of. */
export function dynamoPacks(client: DynamoDBClient, table: string): PackStore {
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
			return new Map(items.map((item) => [item["pack"]?.S ?? malformed("pack", item["pack"]), idsOf(item)]));
		},
	};
}

function idsOf({ message_ids: ids }: Item): ReadonlySet<number> {
	return new Set(ids?.NS?.map(Number) ?? malformed("message_ids", ids));
}
