import { type DynamoDBClient, GetItemCommand, paginateScan, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { byShortCode, type ShortCodeEntry } from "../../domain/incoming/short-codes.ts";
import type { ShortCodeStore } from "../../usecases/incoming/short-code-store.ts";
import { text } from "./columns.ts";
import type { Item } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading } from "./readable-rows.ts";

/** Each keyword has its own attribute, so a write needs no read. An entry without a keyword has the bare prefix. */
const prefix = "keyword:";

/** The accounts of short codes and keywords, in the Short codes table: one item for each short code. */
export function dynamoShortCodes(client: DynamoDBClient, table: string, log: RowLog): ShortCodeStore {
	const reading = rowReading(log, "short-codes", ["short_code"], (item) =>
		entriesIn(text("short_code").read(item["short_code"]), item),
	);
	const key = (shortCode: string) => ({ TableName: table, Key: { short_code: { S: shortCode } } });
	const attribute = (keyword: string | null) => `${prefix}${keyword ?? ""}`;
	return {
		async find(shortCode) {
			/* An address may be empty, but a key may not. */
			if (shortCode === "") return [];
			const { Item = {} } = await client.send(new GetItemCommand({ ...key(shortCode), ConsistentRead: true }));
			return entriesIn(shortCode, Item);
		},
		async list() {
			const entries: ShortCodeEntry[] = [];
			for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
				entries.push(...readableRows(Items, reading).rows.flat());
			}
			return entries.sort(byShortCode);
		},
		async put({ shortCode, keyword, userName }) {
			await client.send(
				new UpdateItemCommand({
					...key(shortCode),
					UpdateExpression: "SET #keyword = :user",
					ExpressionAttributeNames: { "#keyword": attribute(keyword) },
					ExpressionAttributeValues: { ":user": { S: userName } },
				}),
			);
		},
		async remove({ shortCode, keyword }) {
			await client.send(
				new UpdateItemCommand({
					...key(shortCode),
					UpdateExpression: "REMOVE #keyword",
					ExpressionAttributeNames: { "#keyword": attribute(keyword) },
				}),
			);
		},
	};
}

function entriesIn(shortCode: string, item: Item): readonly ShortCodeEntry[] {
	return Object.entries(item)
		.filter(([name]) => name.startsWith(prefix))
		.map(([name, value]) => ({
			shortCode,
			keyword: name.slice(prefix.length) || null,
			userName: text(name).read(value),
		}));
}
