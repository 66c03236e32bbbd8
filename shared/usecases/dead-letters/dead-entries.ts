import type { DeadLetter, DeadLetters } from "./dead-letters.ts";

/** A queue's entry as it is written. */
export type QueueEntry = {
	readonly body: string;
	/** Those that share one take turns with others; null where it has none. */
	readonly group: string | null;
};

export type DeadEntry = DeadLetter & QueueEntry & { readonly entryId: string };

export type DeadEntries = DeadLetters<DeadEntry>;

export type EntryQueue = { send(entries: readonly QueueEntry[]): Promise<void> };
