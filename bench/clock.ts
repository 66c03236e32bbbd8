/** Milliseconds with fractions, on a clock that all processes of the machine share. */
export function clockMs(): number {
	return performance.timeOrigin + performance.now();
}
