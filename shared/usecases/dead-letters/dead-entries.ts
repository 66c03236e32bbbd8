import type { DeadLetter, DeadLetters } from "./dead-letters.ts";

export type QueueEntry = {
	readonly body: string;
	/** The fair-queue group of the entry; null: none. */
	readonly group: string | null;
};

export type DeadEntry = DeadLetter & QueueEntry & { readonly entryId: string };

/** Dead letters of any queue, with their bodies as text. */
export type DeadEntries = DeadLetters<DeadEntry>;

/** The queue that dead letters go back to. */
export type EntryQueue = { send(entries: readonly QueueEntry[]): Promise<void> };
