import type { Operator } from "../message/operators.ts";

/** What is known of a number beyond its prefix (A49). Most numbers have no entry: they were never ported, and nobody blocked them. */
export type NumberEntry = {
	/** Eleven digits beginning with 7. */
	readonly recipient: string;
	/** Whom it was taken along to; null where it is with whom its prefix says. */
	readonly portedTo: Operator | null;
	/** Between two operators at this moment. */
	readonly porting: boolean;
	/** Must not get SMS: its subscriber complained, or it is a machine's. */
	readonly blocked: boolean;
};

/** What somebody learnt of a number: where it is, whether it is blocked, or both. What is not there stays as it was. */
export type NumberUpdate = Pick<NumberEntry, "recipient"> & Partial<NumberEntry>;

/** The entry of a number after the news; null where nothing is left to be known of it. */
export function updatedEntry(known: NumberEntry | undefined, update: NumberUpdate): NumberEntry | null {
	const plain = { recipient: update.recipient, portedTo: null, porting: false, blocked: false };
	const entry = { ...plain, ...known, ...update };
	return entry.portedTo === null && !entry.porting && !entry.blocked ? null : entry;
}

export function isSameEntry(one: NumberEntry, other: NumberEntry): boolean {
	return one.portedTo === other.portedTo && one.porting === other.porting && one.blocked === other.blocked;
}
