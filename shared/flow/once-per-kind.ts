const kindsMax = 100;

/**
 * Lets each kind of event through once in `everyMs`, for log events that may happen thousands of times a second.
 * @param now a monotonic clock.
 */
export function oncePerKind(everyMs: number, now: () => number): (kind: number) => boolean {
	const through = new Map<number, number>();
	return (kind) => {
		const at = now();
		if (at - (through.get(kind) ?? Number.NEGATIVE_INFINITY) < everyMs) return false;
		if (through.size >= kindsMax) through.clear();
		through.set(kind, at);
		return true;
	};
}
