import type { Message, MessageChange } from "../../domain/message/message.ts";

/**
 * What the use cases need of the world, named for its role. `aws/` fills these with AWS; `test/fakes/` in memory; one contract test per
 * port is passed by both. Every call has a time limit; one that cannot be carried out throws, and may or may not have
 * happened.
 */

export type InsertOutcome =
	| { readonly kind: "inserted" }
	/** Another message has this id, or had it first. */
	| { readonly kind: "taken"; readonly by: Message };

export type WantedChange = { readonly message: Message; readonly change: MessageChange };

/** What was found of rows: those that can be read, and the ids of those that are there and cannot be. */
export type ReadRows<Row> = { readonly rows: ReadonlyMap<number, Row>; readonly unreadable: ReadonlySet<number> };

/**
 * A row that cannot be read, for another version wrote it, is never taken for absent. Who asks by `read` is told by an exception, so that
 * nobody forgets it; who has holders of many messages to deal with asks by `readEach`, goes on with the others, and keeps the holders of those.
 */
export type MessageStore = {
	/**
	 * Inserts those whose id is free; outcomes in the order of the messages. The same id must not occur twice.
	 * @throws UnreadableRows where what has an id cannot be read; others may be inserted then.
	 */
	insert(messages: readonly Message[]): Promise<readonly InsertOutcome[]>;
	/** Strongly consistent, by id; what is not there, or past its retention, is left out. @throws UnreadableRows */
	read(messageIds: readonly number[]): Promise<ReadonlyMap<number, Message>>;
	/** As `read`; those that cannot be read are named beside the others. */
	readEach(messageIds: readonly number[]): Promise<ReadRows<Message>>;
	/** Deletes rows that are still as their attempt inserted them; what was changed since, or written by another attempt, stays. */
	undoInsert(messages: readonly Message[]): Promise<void>;
	/**
	 * Changes each message that is still at the revision it was read at, and counts that up; outcomes in the order given.
	 * `stale` means that somebody else changed it since. A change that names a report is known by that, should its answer be lost and another
	 * change come before the call is repeated: it is `changed`. The same message must not occur twice.
	 */
	change(changes: readonly WantedChange[]): Promise<readonly ("changed" | "stale")[]>;
};
