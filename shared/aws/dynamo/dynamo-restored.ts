import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	PutItemCommand,
	ScanCommand,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { Clock } from "../../clock.ts";
import { jsonText } from "../../contracts/json-text.ts";
import type { RestoredTable } from "../../usecases/restore/restored-table.ts";
import type { Item } from "./dynamo-items.ts";
import { type RowReading, readableRows, unexpired } from "./readable-rows.ts";

/** A position in a table, as text: the key of the last row. */
const keyValue = z.union([z.strictObject({ S: z.string() }), z.strictObject({ N: z.string() })]);
const positionText = jsonText.pipe(z.record(z.string(), keyValue));

type TableAt = {
	readonly client: DynamoDBClient;
	readonly table: string;
	readonly now: Clock;
	readonly pageRows: number;
};

/** The items of a restored table, without those past their time to live. */
export function restoredItems(at: TableAt, isWanted: (item: Item) => boolean = () => true): RestoredTable<Item> {
	return {
		async page(from) {
			const { items, next } = await scanPage(at, from);
			return { rows: items.filter(isWanted), unreadable: 0, next };
		},
	};
}

/** The rows of a restored table, without those past their time to live. */
export function restoredRows<Row>(at: TableAt, reading: RowReading<Row>): RestoredTable<Row> {
	return {
		async page(from) {
			const { items, next } = await scanPage(at, from);
			const { rows, unreadable } = readableRows(items, reading);
			return { rows, unreadable: unreadable.length, next };
		},
	};
}

async function scanPage({ client, table, now, pageRows }: TableAt, from: string | null) {
	const { Items = [], LastEvaluatedKey } = await client.send(
		new ScanCommand({
			TableName: table,
			ConsistentRead: true,
			Limit: pageRows,
			...(from !== null && { ExclusiveStartKey: positionText.parse(from) }),
		}),
	);
	return {
		items: unexpired(Items, now()),
		next: LastEvaluatedKey === undefined ? null : JSON.stringify(LastEvaluatedKey),
	};
}

/** Writes the items whose keys a table does not have, each by a conditional write. Returns their number. */
export async function writeAbsentItems(
	client: DynamoDBClient,
	table: string,
	partitionKey: string,
	items: readonly Item[],
): Promise<number> {
	const written = await Promise.all(items.map(async (item) => await putIfAbsent(client, table, partitionKey, item)));
	return written.filter(Boolean).length;
}

/** May be false for an item that an earlier try of the same call has written. */
async function putIfAbsent(client: DynamoDBClient, table: string, partitionKey: string, item: Item): Promise<boolean> {
	try {
		await client.send(
			new PutItemCommand({
				TableName: table,
				Item: item,
				ConditionExpression: "attribute_not_exists(#key)",
				ExpressionAttributeNames: { "#key": partitionKey },
			}),
		);
		return true;
	} catch (error) {
		if (error instanceof ConditionalCheckFailedException) return false;
		throw error;
	}
}
