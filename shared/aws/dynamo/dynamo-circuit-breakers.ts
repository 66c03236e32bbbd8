import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { CircuitBreakerStore, ProbeClaim } from "../../usecases/reports/circuit-breaker-store.ts";
import { number } from "./columns.ts";
import { readItems, removeItems } from "./dynamo-items.ts";

const keptSeconds = 24 * 60 * 60;

/** Servers that keep failing, in the Reports table: a row for each account that has one, beside those of the report batches. */
export function dynamoCircuitBreakers(client: DynamoDBClient, table: string): CircuitBreakerStore {
	async function put(userName: string, until: number, probing: boolean, onlyFrom: number | null): Promise<void> {
		await client.send(
			new UpdateItemCommand({
				TableName: table,
				Key: key(userName),
				UpdateExpression: "SET open_until = :until, probing = :probing, #ttl = :ttl",
				ExpressionAttributeNames: { "#ttl": "ttl" },
				ExpressionAttributeValues: {
					":until": { N: String(until) },
					":probing": { BOOL: probing },
					":ttl": { N: String(Math.ceil(until / 1_000) + keptSeconds) },
					...(onlyFrom !== null && { ":now": { N: String(onlyFrom) } }),
				},
				/* Neither holds where there is no row. */
				...(onlyFrom !== null && { ConditionExpression: "open_until <= :now" }),
			}),
		);
	}

	async function current(userName: string): Promise<ProbeClaim> {
		const [item] = await readItems(client, table, [key(userName)]);
		if (item === undefined) return { kind: "closed" };
		const until = number("open_until").read(item["open_until"]);
		return { kind: "open", until, probing: item["probing"]?.BOOL === true };
	}

	return {
		open: async (userName, until) => await put(userName, until, false, null),
		async claim(userName, now, until) {
			try {
				await put(userName, until, true, now);
				return { kind: "granted" };
			} catch (error) {
				if (!(error instanceof ConditionalCheckFailedException)) throw error;
				return await current(userName);
			}
		},
		close: async (userName) => await removeItems(client, table, [key(userName)]),
	};
}

/** No report batch has such a name. */
const key = (userName: string) => ({ report_batch: { S: `circuit#${userName}` } });
