import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { CircuitBreakerStore, ProbeClaim } from "../../usecases/reports/circuit-breaker-store.ts";
import { number } from "./columns.ts";
import { readItems, removeItems, updateIf } from "./dynamo-items.ts";

const retentionSeconds = 24 * 60 * 60;

/** Circuit breakers of webhooks, in the Reports table: one row for each account whose server fails. */
export function dynamoCircuitBreakers(client: DynamoDBClient, table: string): CircuitBreakerStore {
	/** @param expiredAt if not null, the write succeeds only if there is a row whose `open_until` has passed at this instant. */
	async function put(userName: string, until: number, probing: boolean, expiredAt: number | null): Promise<boolean> {
		return await updateIf(client, {
			TableName: table,
			Key: key(userName),
			UpdateExpression: "SET open_until = :until, probing = :probing, #ttl = :ttl",
			ExpressionAttributeNames: { "#ttl": "ttl" },
			ExpressionAttributeValues: {
				":until": { N: String(until) },
				":probing": { BOOL: probing },
				":ttl": { N: String(Math.ceil(until / 1_000) + retentionSeconds) },
				...(expiredAt !== null && { ":now": { N: String(expiredAt) } }),
			},
			...(expiredAt !== null && { ConditionExpression: "open_until <= :now" }),
		});
	}

	async function current(userName: string): Promise<Exclude<ProbeClaim, { readonly kind: "granted" }>> {
		const [item] = await readItems(client, table, [key(userName)]);
		if (item === undefined) return { kind: "closed" };
		const until = number("open_until").read(item["open_until"]);
		return { kind: "open", until, probing: item["probing"]?.BOOL === true };
	}

	return {
		open: async (userName, until) => void (await put(userName, until, false, null)),
		claim: async (userName, now, until) =>
			(await put(userName, until, true, now)) ? { kind: "granted" } : await current(userName),
		close: async (userName) => await removeItems(client, table, [key(userName)]),
		current,
	};
}

/** No report batch has an id of this form. */
const key = (userName: string) => ({ report_batch: { S: `circuit#${userName}` } });
