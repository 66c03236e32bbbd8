/** Milliseconds, with fractions, on a clock that all processes of this machine read alike. */
export function clockMs(): number {
	return performance.timeOrigin + performance.now();
}
