import type { Message } from "../../domain/message/message.ts";
import { idSeriesLength, messageIdOf, randomMessageId } from "../../domain/message/message-id.ts";
import type { InsertOutcome, MessageStore } from "../message/message-store.ts";

export type InsertDeps = {
	readonly messages: Pick<MessageStore, "insert" | "read" | "undoInsert">;
	readonly idKey: string;
};

/** The stored row of a draft. `duplicate`: an earlier request inserted it. */
export type Placed = { readonly kind: "inserted" | "duplicate"; readonly row: Message };

/**
 * Inserts each draft under the first id of its series that no other message has. Results are in the order of the
 * drafts.
 * @throws Error if an insert failed. Then none is promised, and inserted rows are taken back as far as possible.
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

/** The `place`-th id of a draft's series; a random one if it has no client_message_id. */
export function messageIdFor(idKey: string, { userName, clientMessageId }: Message, place: number): number {
	return clientMessageId === null ? randomMessageId() : messageIdOf(idKey, userName, clientMessageId, place);
}

/** Null if the row belongs to another client_message_id with the same hash. */
function placedAs(row: Message, outcome: InsertOutcome): Placed | null {
	if (outcome.kind === "inserted") return { kind: "inserted", row };
	return isSameClientMessage(outcome.by, row) ? { kind: "duplicate", row: outcome.by } : null;
}

/** Whether both have the same client and client_message_id. Without a client_message_id they are never the same. */
export function isSameClientMessage(row: Message, draft: Message): boolean {
	const { userName, clientMessageId } = draft;
	return clientMessageId !== null && row.userName === userName && row.clientMessageId === clientMessageId;
}

function lost(): never {
	throw new Error("an outcome is missing");
}
