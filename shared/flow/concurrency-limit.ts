/** What became of work that was asked for: its value, or that there was no room for it. */
export type LimitedOutcome<Value> = { readonly kind: "done"; readonly value: Value } | { readonly kind: "busy" };

/** Runs so many at once, lets so many more wait their turn, and takes on no others. */
export function concurrencyLimit(runningMax: number, waitingMax: number) {
	let running = 0;
	const waiting: (() => void)[] = [];
	return async <Value>(work: () => Promise<Value>): Promise<LimitedOutcome<Value>> => {
		if (running === runningMax) {
			if (waiting.length >= waitingMax) return { kind: "busy" };
			/* Whoever ends hands on its place, so that nobody who comes later can take it. */
			await new Promise<void>((resolve) => waiting.push(resolve));
		} else running += 1;
		try {
			return { kind: "done", value: await work() };
		} finally {
			const next = waiting.shift();
			if (next === undefined) running -= 1;
			else next();
		}
	};
}
