import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../clock.ts";
import { type Batch, type BatchState, batchStates } from "../../domain/accept/batch.ts";
import type { BatchStore } from "../../usecases/accept/batch-store.ts";
import { attributesOf, type Columns, malformed, number, oneOf, rowOf, seconds, sparseFlag, text } from "./columns.ts";
import { putItems, readItems, updateIf } from "./dynamo-items.ts";

const columns: Columns<Batch> = {
	batchId: number("batch_id"),
	userName: text("u"),
	messageIds: {
		name: "m",
		write: (value) => ({ L: value.map((id) => ({ N: String(id) })) }),
		read: (attribute) =>
			attribute?.L?.map((id) => (id.N === undefined ? malformed("m", id) : Number(id.N))) ?? malformed("m", attribute),
	},
	acceptedAt: number("ia"),
	keepUntil: seconds("ttl"),
	isFailFast: sparseFlag("w"),
	state: oneOf<BatchState>("st", batchStates, (value) => ({ S: value })),
	attempt: text("a"),
};

export function dynamoBatches(client: DynamoDBClient, table: string, now: Clock): BatchStore {
	async function find(batchId: number): Promise<Batch | null> {
		const [item] = await readItems(client, table, [keyOf(batchId)]);
		const batch = item === undefined ? null : rowOf(columns, item);
		return batch !== null && batch.keepUntil > now() ? batch : null;
	}

	async function replace(known: Batch | null, batch: Batch): Promise<boolean> {
		if (await updateIf(client, { TableName: table, ...replacement(known, batch, now()) })) return true;
		const row = await find(batch.batchId);
		return row?.attempt === batch.attempt && row.state === batch.state;
	}

	return { find, replace, put: async (batch) => await putItems(client, table, [attributesOf(columns, batch)]) };
}

const keyOf = (batchId: number) => ({ batch_id: { N: String(batchId) } });

/** Sets all attributes but the key. A row past its retention counts as absent. */
function replacement(known: Batch | null, batch: Batch, now: number) {
	const { batch_id: _, w = { BOOL: false }, ...others } = attributesOf(columns, batch);
	const attributes: Record<string, AttributeValue> = { ...others, w };
	const names = Object.keys(attributes);
	const isKnown = known === null ? "attribute_not_exists(batch_id) OR #ttl <= :now" : "#a = :known_by AND #st = :known";
	return {
		Key: keyOf(batch.batchId),
		UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
		ConditionExpression: isKnown,
		ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
		ExpressionAttributeValues: {
			...Object.fromEntries(names.map((name) => [`:${name}`, attributes[name] as AttributeValue])),
			...(known === null
				? { ":now": { N: String(Math.floor(now / 1_000)) } }
				: { ":known_by": { S: known.attempt }, ":known": { S: known.state } }),
		},
	};
}
