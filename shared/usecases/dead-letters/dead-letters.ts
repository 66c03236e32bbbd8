/** A received dead letter, invisible to other receivers until its visibility timeout ends. */
export type DeadLetter = {
	/** When it was last sent to a queue. SQS does not change this when it moves an entry to the dead letters. */
	readonly deadSince: number;
	readonly handle: string;
};

export type DeadLetters<Letter extends DeadLetter> = {
	/** Some visible letters, held for ten minutes. Empty only if there are none. */
	receive(): Promise<readonly Letter[]>;
	remove(handles: readonly string[]): Promise<void>;
	release(handles: readonly string[]): Promise<void>;
};
