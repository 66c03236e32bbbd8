import type { Operator } from "../message/operators.ts";

/** What is known about a number besides its prefix (A49). Numbers that are neither ported nor blocked have no entry. */
export type NumberEntry = {
	/** Eleven digits beginning with 7. */
	readonly recipient: string;
	/** The operator that it was ported to; null: the operator of its prefix. */
	readonly portedTo: Operator | null;
	readonly porting: boolean;
	/** Must not get SMS: the subscriber complained, or it belongs to a machine. */
	readonly blocked: boolean;
};

export type NumberUpdate = Pick<NumberEntry, "recipient"> & Partial<NumberEntry>;

export function updatedEntry(known: NumberEntry | undefined, update: NumberUpdate): NumberEntry | null {
	const plain = { recipient: update.recipient, portedTo: null, porting: false, blocked: false };
	const entry = { ...plain, ...known, ...update };
	return entry.portedTo === null && !entry.porting && !entry.blocked ? null : entry;
}

export function isSameEntry(one: NumberEntry, other: NumberEntry): boolean {
	return one.portedTo === other.portedTo && one.porting === other.porting && one.blocked === other.blocked;
}
