export type LimitedOutcome<Value> = { readonly kind: "done"; readonly value: Value } | { readonly kind: "busy" };

/** Runs up to `runningMax` at once, queues up to `waitingMax`, and answers `busy` to more. */
export function concurrencyLimit(runningMax: number, waitingMax: number) {
	let running = 0;
	const waiting: (() => void)[] = [];
	return async <Value>(work: () => Promise<Value>): Promise<LimitedOutcome<Value>> => {
		if (running === runningMax) {
			if (waiting.length >= waitingMax) return { kind: "busy" };
			/* Ending work passes its place to the next in the queue, so a newcomer cannot take it. */
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
