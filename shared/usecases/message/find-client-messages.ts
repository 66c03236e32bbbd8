import type { Message } from "../../domain/message/message.ts";
import { idSeriesLength, messageIdOf } from "../../domain/message/message-id.ts";
import type { MessageStore } from "./message-store.ts";

/** Reads messages of an account by client_message_id, in one call; unused ids are left out. */
export async function findClientMessages(
	messages: Pick<MessageStore, "read">,
	idKey: string,
	userName: string,
	clientMessageIds: readonly string[],
): Promise<ReadonlyMap<string, Message>> {
	if (clientMessageIds.length === 0) return new Map();
	const ids = clientMessageIds.flatMap((clientMessageId) =>
		Array.from({ length: idSeriesLength }, (_, place) => messageIdOf(idKey, userName, clientMessageId, place)),
	);
	const rows = [...(await messages.read([...new Set(ids)])).values()];
	const own = rows.filter((row) => row.userName === userName);
	return new Map(own.flatMap((row) => (row.clientMessageId === null ? [] : [[row.clientMessageId, row] as const])));
}
