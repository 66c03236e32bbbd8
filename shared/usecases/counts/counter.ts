import type { CountEntry } from "../../domain/counts/count.ts";

/** Counts without a call: the counts are written later. Never throws. */
export type Counter = { add(entries: readonly CountEntry[]): void };
