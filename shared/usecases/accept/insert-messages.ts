import type { Message } from "../../domain/message/message.ts";
import { idSeriesLength, messageIdOf, randomMessageId } from "../../domain/message/message-id.ts";
import type { InsertOutcome, MessageStore } from "../message/message-store.ts";

export type InsertDeps = {
	readonly messages: Pick<MessageStore, "insert" | "read" | "undoInsert">;
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
	deps: InsertDeps,
	drafts: readonly Message[],
	place = 0,
): Promise<readonly Placed[]> {
	if (drafts.length === 0) return [];
	if (place === idSeriesLength) throw new Error(`no id is free for ${drafts.length} messages`);
	const rows = drafts.map((draft) => ({ ...draft, messageId: messageIdFor(deps.idKey, draft, place) }));
	const outcomes = await insertOrUndo(deps, rows);
	const placed = rows.map((row, index) => placedAs(row, outcomes[index] ?? lost()));
	const collided = drafts.filter((_, index) => placed[index] === null);
	const moved = [...(await insertMessages(deps, collided, place + 1))];
	return placed.map((one) => one ?? moved.shift() ?? lost());
}

async function insertOrUndo({ messages }: InsertDeps, rows: readonly Message[]): Promise<readonly InsertOutcome[]> {
	try {
		return await messages.insert(rows);
	} catch (error) {
		await messages.undoInsert(rows).catch(() => undefined);
		throw error;
	}
}

/** The id of a draft at a place of its series; where its client gave it none of its own, any. */
export function messageIdFor(idKey: string, { userName, clientMessageId }: Message, place: number): number {
	return clientMessageId === null ? randomMessageId() : messageIdOf(idKey, userName, clientMessageId, place);
}

/** Null where another client_message_id has the same hash. */
function placedAs(row: Message, outcome: InsertOutcome): Placed | null {
	if (outcome.kind === "inserted") return { kind: "inserted", row };
	return isSameClientMessage(outcome.by, row) ? { kind: "duplicate", row: outcome.by } : null;
}

/** Whether both are the message of the same client under the same client_message_id. Those that have none are never the same. */
export function isSameClientMessage(row: Message, draft: Message): boolean {
	const { userName, clientMessageId } = draft;
	return clientMessageId !== null && row.userName === userName && row.clientMessageId === clientMessageId;
}

function lost(): never {
	throw new Error("an outcome is missing");
}
