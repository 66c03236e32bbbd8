export type BackOff = { readonly firstMs: number; readonly maxMs: number };

/**
 * How long to wait before the next try after so many failed ones in a row: doubling up to the bound, of which one half is
 * left to chance (from 0 to 1), lest all binds of all tasks come back in the same instant.
 */
export function backOffMs({ firstMs, maxMs }: BackOff, failures: number, chance: number): number {
	const wholeMs = Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));
	return wholeMs / 2 + (wholeMs / 2) * chance;
}
