/** Things that all have the same time limit, so the oldest is always the next to run out. */
export type Deadlines = {
	/** Calls `late` once the limit is over, give or take `graceMs`, unless what is returned is called before. */
	start(late: () => void): () => void;
	close(): void;
};

/** How often it looks: one timer for all, because one for each would cost more than the rest of a request. */
const graceMs = 50;

export function deadlines(limitMs: number): Deadlines {
	const running = new Map<number, { readonly until: number; readonly late: () => void }>();
	let last = 0;
	const timer = setInterval(
		() => {
			const now = performance.now();
			for (const [id, { until, late }] of running) {
				if (until > now) return;
				running.delete(id);
				late();
			}
		},
		Math.min(graceMs, limitMs),
	);
	timer.unref();
	return {
		start: (late) => {
			const id = ++last;
			running.set(id, { until: performance.now() + limitMs, late });
			return () => void running.delete(id);
		},
		close: () => clearInterval(timer),
	};
}
