import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../clock.ts";
import { searchIndexes } from "../../contracts/search-indexes.ts";
import type { Message } from "../../domain/message/message.ts";
import type { NumberEraser } from "../../usecases/numbers/erase-number.ts";
import { dynamoIncoming } from "./dynamo-incoming.ts";
import { removeItems, updateIf } from "./dynamo-items.ts";
import { ownColumns, request, state } from "./message-columns.ts";
import type { RowLog } from "./readable-rows.ts";

type Tables = Readonly<Record<"messages" | "incoming" | "submissions" | "limits", string>>;

export function dynamoNumberEraser(client: DynamoDBClient, tables: Tables, now: Clock, log: RowLog): NumberEraser {
	/* Without the attributes of the indexes. */
	const incoming = dynamoIncoming(client, tables.incoming, now, log);
	return {
		async eraseMessages(messages) {
			const done = await Promise.all(
				messages.map(async (message) => await updateIf(client, erasure(tables.messages, message))),
			);
			return done.filter(Boolean).length;
		},
		eraseIncoming: async (messages) => await incoming.put(messages),
		removeSubmissions: async (refs) =>
			await removeItems(
				client,
				tables.submissions,
				refs.map((ref) => ({ smsc_ref: { S: ref } })),
			),
		removeCounters: async (names) =>
			await removeItems(
				client,
				tables.limits,
				names.map((name) => ({ counter: { S: name } })),
			),
	};
}

function erasure(TableName: string, message: Message) {
	const { messageId, attempt, revision } = ownColumns;
	const { partition, sort } = searchIndexes["by-recipient"];
	return {
		TableName,
		Key: { [messageId.name]: messageId.write(message.messageId) },
		UpdateExpression: "SET #m = :m, #s = :s, #v = :next REMOVE #number, #key",
		ConditionExpression: "#v = :v AND #a = :a",
		ExpressionAttributeNames: {
			...{ "#m": request.name, "#s": state.name, "#v": revision.name, "#a": attempt.name },
			...{ "#number": partition, "#key": sort },
		},
		ExpressionAttributeValues: {
			":m": request.write(message),
			":s": state.write(message),
			":next": revision.write(message.revision + 1),
			":v": revision.write(message.revision),
			":a": attempt.write(message.attempt),
		},
	};
}
