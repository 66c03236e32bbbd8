import type { Message, MessageChange } from "../../domain/message/message.ts";

export type InsertOutcome =
	| { readonly kind: "inserted" }
	/** The id belongs to this row. */
	| { readonly kind: "taken"; readonly by: Message };

export type WantedChange = { readonly message: Message; readonly change: MessageChange };

/** `unreadable`: ids of rows that exist but cannot be read. */
export type ReadRows<Row> = { readonly rows: ReadonlyMap<number, Row>; readonly unreadable: ReadonlySet<number> };

/**
 * Keeps messages. An unreadable row is never treated as absent: `read` throws, and `readEach` returns the other rows, so
 * that the caller keeps the holders of these.
 */
export type MessageStore = {
	/**
	 * Inserts messages whose id is free; outcomes in order. Ids must not repeat.
	 * @throws UnreadableRows if an id belongs to an unreadable row. Others may be inserted then.
	 */
	insert(messages: readonly Message[]): Promise<readonly InsertOutcome[]>;
	/** Strongly consistent, by id. Rows that are absent or past their retention are left out. @throws UnreadableRows */
	read(messageIds: readonly number[]): Promise<ReadonlyMap<number, Message>>;
	/** Like `read`, but returns the ids of unreadable rows. */
	readEach(messageIds: readonly number[]): Promise<ReadRows<Message>>;
	/** Deletes rows at revision 0 that these rows' attempt inserted. Other rows stay. */
	undoInsert(messages: readonly Message[]): Promise<void>;
	/**
	 * Changes each message that is still at the revision that was read, and raises the revision; outcomes in order.
	 * `stale`: changed since. A change that the SDK repeats is recognised by its report, or by the row that it leads to:
	 * then it is `changed`. Of two callers that write the same, both are: a change that must be told apart has an id.
	 * A change that ends a message redacts its text, if the message asks for it. Messages must not repeat.
	 */
	change(changes: readonly WantedChange[]): Promise<readonly ("changed" | "stale")[]>;
};
