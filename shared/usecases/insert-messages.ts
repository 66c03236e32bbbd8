import type { Message } from "../domain/message.ts";
import { idSeriesLength, messageIdOf, randomMessageId } from "../domain/message-id.ts";
import type { InsertOutcome, MessageStore } from "../ports.ts";

export type Inserting = {
	readonly messages: Pick<MessageStore, "insert" | "read" | "takeBack">;
	/** Key of the hash that makes message ids. */
	readonly idKey: string;
};

/** A draft's row as it is stored now, by this request or by one before it. */
export type Placed = { readonly kind: "inserted" | "duplicate"; readonly row: Message };

/**
 * Inserts each under the first id of its series that no other client's message holds; in the order of the drafts.
 * @throws Error where one could not be inserted. Then none is promised to a client, and what was inserted is taken back as far as that is possible.
 */
export async function insertMessages(
	inserting: Inserting,
	drafts: readonly Message[],
	place = 0,
): Promise<readonly Placed[]> {
	if (drafts.length === 0) return [];
	if (place === idSeriesLength) throw new Error(`no id is free for ${drafts.length} messages`);
	const rows = drafts.map((draft) => ({ ...draft, messageId: idOf(inserting.idKey, draft, place) }));
	const outcomes = await insertOrTakeBack(inserting, rows);
	const placed = rows.map((row, index) => placedAs(row, outcomes[index] ?? lost()));
	const collided = drafts.filter((_, index) => placed[index] === null);
	const moved = [...(await insertMessages(inserting, collided, place + 1))];
	return placed.map((one) => one ?? moved.shift() ?? lost());
}

async function insertOrTakeBack({ messages }: Inserting, rows: readonly Message[]): Promise<readonly InsertOutcome[]> {
	try {
		return await messages.insert(rows);
	} catch (error) {
		await messages.takeBack(rows).catch(() => undefined);
		throw error;
	}
}

/** The id of a draft at a place of its series; where its client gave it none of its own, any. */
export function idOf(idKey: string, { userName, clientMessageId }: Message, place: number): number {
	return clientMessageId === null ? randomMessageId() : messageIdOf(idKey, userName, clientMessageId, place);
}

/** Null where another client_message_id has the same hash. */
function placedAs(row: Message, outcome: InsertOutcome): Placed | null {
	if (outcome.kind === "inserted") return { kind: "inserted", row };
	return isSame(outcome.by, row) ? { kind: "duplicate", row: outcome.by } : null;
}

/** Whether both are the message of the same client under the same client_message_id. Those that have none are never the same. */
export function isSame(row: Message, draft: Message): boolean {
	const { userName, clientMessageId } = draft;
	return clientMessageId !== null && row.userName === userName && row.clientMessageId === clientMessageId;
}

function lost(): never {
	throw new Error("an outcome is missing");
}
