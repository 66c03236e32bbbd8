import type { PartGroup } from "../../domain/incoming/mo-part.ts";
import type { PartsRow } from "../../domain/incoming/mo-reassembly.ts";

/** Parts of messages from subscribers. */
export type PartStore = {
	/** Strongly consistent, in the order given; at revision 0, and empty, where there is none; null where one cannot be read. The same must not occur twice. */
	find(all: readonly PartGroup[]): Promise<readonly (PartsRow | null)[]>;
	/**
	 * Writes each row that is still at the revision it was read at, and counts that up; outcomes in the order given. A write that the SDK
	 * had to repeat may be `stale` by itself: who reads again finds it done.
	 */
	change(rows: readonly PartsRow[], keepUntil: number): Promise<readonly ("changed" | "stale")[]>;
};
