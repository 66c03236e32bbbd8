import type { DeadLetter, DeadLetters } from "./dead-letters.ts";

export type QueueEntry = {
	readonly body: string;
	/** The fair-queue group of the entry; null: none. */
	readonly group: string | null;
};

export type DeadEntry = DeadLetter & QueueEntry & { readonly entryId: string };

/** Dead letters of any queue, with their bodies as text. Calls as for `DeadLetters`. */
export type DeadEntries = DeadLetters<DeadEntry>;

/** The queue that dead letters go back to. Every call has a time limit; one that throws may have queued some. */
export type EntryQueue = { send(entries: readonly QueueEntry[]): Promise<void> };
