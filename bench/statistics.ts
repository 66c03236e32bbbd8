import { percentile } from "#shared/domain/percentile.ts";

export const median = (values: readonly number[]) => percentile(values, 0.5);

export type Spread = { readonly median: number; readonly min: number; readonly max: number };

export function spreadOf(values: readonly number[]): Spread {
	return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
