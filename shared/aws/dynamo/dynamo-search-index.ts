import { type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { type SearchIndexName, searchIndexes } from "../../contracts/search-indexes.ts";
import { entryOfKey, keyStart, placesIn } from "../../domain/search/search-entry.ts";
import type { SearchIndex } from "../../usecases/search/search-index.ts";
import { text } from "./columns.ts";
import type { Item } from "./dynamo-items.ts";

/** A search index of a table. Reads of an index are never strongly consistent. */
export function dynamoSearchIndex(client: DynamoDBClient, table: string, name: SearchIndexName): SearchIndex {
	const { partition, sort } = searchIndexes[name];

	async function keys(number: string, range: string, values: Readonly<Record<string, string>>, limit: number) {
		const { Items = [], LastEvaluatedKey } = await client.send(
			new QueryCommand({
				TableName: table,
				IndexName: name,
				KeyConditionExpression: `#number = :number${range}`,
				ExpressionAttributeNames: { "#number": partition, ...(range !== "" && { "#key": sort }) },
				ExpressionAttributeValues: Object.fromEntries(
					Object.entries({ ":number": number, ...values }).map(([name, S]) => [name, { S }]),
				),
				ScanIndexForward: false,
				Limit: limit,
			}),
		);
		return { keys: Items.map((item: Item) => text(sort).read(item[sort])), more: LastEvaluatedKey !== undefined };
	}

	return {
		async entries({ number, userName, before, limit, ...period }) {
			const { first, last } = placesIn(period, before);
			if (last < first) return { entries: [], more: false };
			const start = keyStart(userName);
			const range = { ":first": `${start}${first}`, ":last": `${start}${last}` };
			const found = await keys(number, " AND #key BETWEEN :first AND :last", range, limit);
			return { entries: found.keys.map(entryOfKey), more: found.more };
		},
		async accounts(number, accountsMax) {
			const accounts: string[] = [];
			let [key] = (await keys(number, "", {}, 1)).keys;
			while (key !== undefined && accounts.length < accountsMax) {
				const { userName } = entryOfKey(key);
				accounts.push(userName);
				[key] = (await keys(number, " AND #key < :key", { ":key": keyStart(userName) }, 1)).keys;
			}
			return accounts;
		},
	};
}
