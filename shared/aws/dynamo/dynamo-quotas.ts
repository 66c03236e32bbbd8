import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { QuotaStore } from "../../usecases/limits/quota-store.ts";
import { updateIf } from "./dynamo-items.ts";

/**
 * Counters of the use of accounts' limits, in the Limits table: one row for each account and window. A call that the SDK repeats
 * may count twice, so an account may get a little less than its limit, never more.
 */
export function dynamoQuotas(client: DynamoDBClient, table: string): QuotaStore {
	return {
		async take(counter, wanted, max, keepUntil) {
			if (wanted > max) return false;
			return await updateIf(client, {
				TableName: table,
				Key: { counter: { S: counter } },
				UpdateExpression: "ADD #used :wanted SET #ttl = :ttl",
				ConditionExpression: "attribute_not_exists(#used) OR #used <= :room",
				ExpressionAttributeNames: { "#used": "used", "#ttl": "ttl" },
				ExpressionAttributeValues: {
					":wanted": { N: String(wanted) },
					":room": { N: String(max - wanted) },
					":ttl": { N: String(Math.ceil(keepUntil / 1_000)) },
				},
			});
		},
	};
}
