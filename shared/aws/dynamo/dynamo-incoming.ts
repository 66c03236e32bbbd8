import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../clock.ts";
import { searchIndexes } from "../../contracts/search-indexes.ts";
import type { IncomingMessage } from "../../domain/incoming/incoming-message.ts";
import { operators } from "../../domain/message/operators.ts";
import { searchKey } from "../../domain/search/search-entry.ts";
import type { IncomingStore } from "../../usecases/incoming/incoming-store.ts";
import { attributesOf, type Columns, malformed, nullable, number, oneOf, rowOf, seconds, text } from "./columns.ts";
import { type Item, putItems, readItems } from "./dynamo-items.ts";
import { type RowLog, readableRows, rowReading, unexpired } from "./readable-rows.ts";

/** Each message is the only row of its partition, in the same table as the parts. */
const partition = (messageId: number) => `message#${messageId}`;
const sort = { part: { S: "message" } };

const columns: Columns<IncomingMessage> = {
	messageId: {
		name: "part_of",
		write: (messageId) => ({ S: partition(messageId) }),
		read: (attribute) => Number(/^message#(\d+)$/.exec(attribute?.S ?? "")?.[1] ?? malformed("part_of", attribute)),
	},
	userName: nullable(text("u")),
	reportBatchId: nullable(text("pk")),
	sender: text("sn"),
	recipient: text("r"),
	text: text("tx"),
	segmentCount: number("n"),
	receivedAt: number("ra"),
	operator: oneOf("op", operators, (operator) => ({ S: operator })),
	keepUntil: seconds("ttl"),
};

const idOf = (item: Item) => columns.messageId.read(item[columns.messageId.name]);

/** @throws Error if the item is not a message. */
export const incomingMessageOf = (item: Item): IncomingMessage => rowOf(columns, item);

/** The index sorts messages without an account before all others. */
function searchAttributes({ sender, recipient, userName, receivedAt: at, messageId }: IncomingMessage): Item {
	const { partition: bySender, sort } = searchIndexes["incoming-by-sender"];
	const { partition: byRecipient } = searchIndexes["incoming-by-recipient"];
	return {
		...(sender !== "" && { [bySender]: { S: sender } }),
		...(recipient !== "" && { [byRecipient]: { S: recipient } }),
		[sort]: { S: searchKey({ userName: userName ?? "", at, messageId }) },
	};
}

/** @param isIndexed whether new messages are found by their sender and recipient too. */
export function dynamoIncoming(
	client: DynamoDBClient,
	table: string,
	now: Clock,
	log: RowLog,
	isIndexed = false,
): IncomingStore {
	const reading = rowReading(log, "incoming", [columns.messageId.name], incomingMessageOf);
	return {
		async put(messages) {
			await putItems(
				client,
				table,
				messages.map((message) => ({
					...attributesOf(columns, message),
					...(isIndexed && searchAttributes(message)),
					...sort,
				})),
			);
		},
		async readEach(messageIds) {
			const keys = messageIds.map((messageId): Item => ({ part_of: { S: partition(messageId) }, ...sort }));
			const items = unexpired(await readItems(client, table, keys), now());
			const { rows, unreadable } = readableRows(items, reading);
			return { rows: new Map(rows.map((row) => [row.messageId, row])), unreadable: new Set(unreadable.map(idOf)) };
		},
	};
}
