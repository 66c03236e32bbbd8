import type { PartGroup } from "../../domain/incoming/mo-part.ts";
import type { PartsRow } from "../../domain/incoming/mo-reassembly.ts";

/** Keeps parts of MO messages. */
export type PartStore = {
	/** Strongly consistent, in order. An absent row is empty at revision 0; null: unreadable. Groups must not repeat. */
	find(all: readonly PartGroup[]): Promise<readonly (PartsRow | null)[]>;
	/**
	 * Writes each row that is still at the revision that was read, and raises the revision; outcomes in order. A write
	 * that the SDK repeated may be `stale` because of itself: the next read shows that it was done.
	 */
	change(rows: readonly PartsRow[], keepUntil: number): Promise<readonly ("changed" | "stale")[]>;
};
