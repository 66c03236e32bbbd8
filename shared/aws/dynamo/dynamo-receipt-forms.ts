import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Operator } from "../../domain/message/operators.ts";
import type { ReceiptFormStore } from "../../usecases/receipts/receipt-forms.ts";
import { readItems, removeItems } from "./dynamo-items.ts";

const keyOf = (operator: Operator) => ({ smsc_ref: { S: `${operator}#forms` } });

/** In the Submissions table, as a row of each operator that is never deleted. */
export function dynamoReceiptForms(client: DynamoDBClient, table: string): ReceiptFormStore {
	return {
		async read(operator) {
			const [item] = await readItems(client, table, [keyOf(operator)]);
			return new Set(item?.["forms"]?.SS);
		},
		async add(operator, form) {
			await client.send(
				new UpdateItemCommand({
					TableName: table,
					Key: keyOf(operator),
					UpdateExpression: "ADD forms :form",
					ExpressionAttributeValues: { ":form": { SS: [form] } },
				}),
			);
		},
		async clear(operator) {
			await removeItems(client, table, [keyOf(operator)]);
		},
	};
}
