/** An entry that nobody could deal with, held: nobody else gets it until its visibility ends. */
export type DeadLetter = {
	/** When it was put into a queue last; where a queue itself moved it, that was before. */
	readonly deadSince: number;
	readonly handle: string;
};

export type DeadLetters<Letter extends DeadLetter> = {
	/** Some that nobody holds, held for ten minutes; none only where there are none. */
	receive(): Promise<readonly Letter[]>;
	remove(handles: readonly string[]): Promise<void>;
	/** Gives them back: they rest where they were. */
	release(handles: readonly string[]): Promise<void>;
};
