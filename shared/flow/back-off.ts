/** Pure, so that the rules of the domain use it too. */

export type BackOff = { readonly firstMs: number; readonly maxMs: number };

/** The wait after so many failures in a row: it doubles with each, up to the bound. */
export function doublingMs({ firstMs, maxMs }: BackOff, failures: number): number {
	return Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));
}

/** The same wait, shortened by up to one half, so that the binds of all tasks do not come back at the same moment. */
export function backOffMs(backOff: BackOff, failures: number, chance: number): number {
	const wholeMs = doublingMs(backOff, failures);
	return wholeMs / 2 + (wholeMs / 2) * chance;
}

/**
 * A wait that is longer or shorter by up to a share of it, so that processes that begin to wait together do not end together.
 * @param chance from 0 to 1.
 */
export function jittered(wait: number, chance: number, share = 0.2): number {
	return wait * (1 - share + 2 * share * chance);
}
