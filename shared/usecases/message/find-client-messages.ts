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

/**
 * Reads those messages that a request with these client_message_ids would meet: each at the first place of its series that no
 * other message has. That is one read for most. A message whose earlier place is free again is not found, nor met.
 */
export async function findMetMessages(
	messages: Pick<MessageStore, "read">,
	idKey: string,
	userName: string,
	clientMessageIds: readonly string[],
	place = 0,
): Promise<ReadonlyMap<string, Message>> {
	if (clientMessageIds.length === 0 || place === idSeriesLength) return new Map();
	const idOf = (clientMessageId: string) => messageIdOf(idKey, userName, clientMessageId, place);
	const wanted = [...new Set(clientMessageIds)];
	const rows = await messages.read([...new Set(wanted.map(idOf))]);
	const found = wanted.map((clientMessageId) => ({ clientMessageId, row: rows.get(idOf(clientMessageId)) }));
	const isOwn = ({ clientMessageId, row }: (typeof found)[number]) =>
		row?.userName === userName && row.clientMessageId === clientMessageId;
	const taken = found.filter((one) => one.row !== undefined && !isOwn(one)).map((one) => one.clientMessageId);
	const further = await findMetMessages(messages, idKey, userName, taken, place + 1);
	const own = found.filter(isOwn).flatMap(({ clientMessageId, row }) => (row ? [[clientMessageId, row] as const] : []));
	return new Map([...own, ...further]);
}
