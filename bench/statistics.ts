import { percentile } from "#shared/domain/percentile.ts";

export const median = (values: readonly number[]) => percentile(values, 0.5);

/** The median of several runs, and how far they lie apart. */
export type Spread = { readonly median: number; readonly least: number; readonly most: number };

export function spreadOf(values: readonly number[]): Spread {
	return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
