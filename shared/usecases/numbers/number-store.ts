import type { NumberEntry } from "../../domain/numbers/number-entry.ts";

/** Ported and blocked numbers. */
export type NumberStore = {
	/**
	 * Strongly consistent, by recipient. Numbers without an entry are left out. An unreadable entry may be of a blocked
	 * number, so nothing may be sent to it.
	 */
	find(recipients: readonly string[]): Promise<ReadonlyMap<string, NumberEntry | "unreadable">>;
	/** Writes entries unconditionally. Numbers must not repeat. */
	put(entries: readonly NumberEntry[]): Promise<void>;
	/** Numbers must not repeat. */
	remove(recipients: readonly string[]): Promise<void>;
};
