export type BackOff = { readonly firstMs: number; readonly maxMs: number };

/** The pause after so many failures in a row. It doubles with each failure, up to the maximum. */
export function doublingMs({ firstMs, maxMs }: BackOff, failures: number): number {
	return Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));
}

/** The same pause, shortened by up to one half, so that the binds of all tasks do not reconnect at the same moment. */
export function backOffMs(backOff: BackOff, failures: number, chance: number): number {
	const wholeMs = doublingMs(backOff, failures);
	return wholeMs / 2 + (wholeMs / 2) * chance;
}

/**
 * A pause, longer or shorter by up to `share`, so that processes that start together do not continue together.
 * @param chance from 0 to 1.
 */
export function jittered(wait: number, chance: number, share = 0.2): number {
	return wait * (1 - share + 2 * share * chance);
}
