/** The visible entries of a queue, in the order in which receivers get them. */
export type VisibleEntries<Entry> = {
	readonly size: number;
	add(entry: Entry): void;
	/** Whether it was there. */
	remove(entry: Entry): boolean;
	/** Removes and returns the entry that a receiver gets next. */
	take(): Entry | undefined;
};

/** The invisible entries of a queue. */
export type WaitingEntries<Entry> = {
	readonly size: number;
	add(entry: Entry): void;
	/** Whether it was there. */
	remove(entry: Entry): boolean;
	/** The entry that becomes visible first. */
	first(): Entry | undefined;
};
