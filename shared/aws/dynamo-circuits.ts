import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { CircuitStore, ProbeClaim } from "../ports.ts";
import { number } from "./columns.ts";
import { readItems, removeItems } from "./dynamo-tables.ts";

const keptSeconds = 24 * 60 * 60;

/** Servers that keep failing, in the Reports table: a row for each account that has one, beside those of the packs. */
export function dynamoCircuits(client: DynamoDBClient, table: string): CircuitStore {
	async function put(userName: string, until: number, probing: boolean, onlyFrom: number | null): Promise<void> {
		await client.send(
			new UpdateItemCommand({
				TableName: table,
				Key: key(userName),
				UpdateExpression: "SET shut_until = :until, probing = :probing, #ttl = :ttl",
				ExpressionAttributeNames: { "#ttl": "ttl" },
				ExpressionAttributeValues: {
					":until": { N: String(until) },
					":probing": { BOOL: probing },
					":ttl": { N: String(Math.ceil(until / 1_000) + keptSeconds) },
					...(onlyFrom !== null && { ":now": { N: String(onlyFrom) } }),
				},
				/* Neither holds where there is no row. */
				...(onlyFrom !== null && { ConditionExpression: "shut_until <= :now" }),
			}),
		);
	}

	async function current(userName: string): Promise<ProbeClaim> {
		const [item] = await readItems(client, table, [key(userName)]);
		if (item === undefined) return { kind: "sound" };
		const until = number("shut_until").read(item["shut_until"]);
		return { kind: "shut", until, probing: item["probing"]?.BOOL === true };
	}

	return {
		shut: async (userName, until) => await put(userName, until, false, null),
		async claim(userName, now, until) {
			try {
				await put(userName, until, true, now);
				return { kind: "yours" };
			} catch (error) {
				if (!(error instanceof ConditionalCheckFailedException)) throw error;
				return await current(userName);
			}
		},
		sound: async (userName) => await removeItems(client, table, [key(userName)]),
	};
}

/** No pack has such a name. */
const key = (userName: string) => ({ pack: { S: `circuit#${userName}` } });
