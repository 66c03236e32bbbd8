/** Deadlines with the same time limit, so that the oldest is always the next to expire. */
export type Deadlines = {
	/** Calls `onExpired` after the limit, at most `checkEveryMs` late, unless the returned function is called first. */
	start(onExpired: () => void): () => void;
	close(): void;
};

/** One timer serves all deadlines, because one for each would cost more than the rest of a request. */
const checkEveryMs = 50;

export function deadlines(limitMs: number): Deadlines {
	const running = new Map<number, { readonly until: number; readonly onExpired: () => void }>();
	let last = 0;
	const timer = setInterval(
		() => {
			const now = performance.now();
			for (const [id, { until, onExpired }] of running) {
				if (until > now) return;
				running.delete(id);
				onExpired();
			}
		},
		Math.min(checkEveryMs, limitMs),
	);
	timer.unref();
	return {
		start: (onExpired) => {
			const id = ++last;
			running.set(id, { until: performance.now() + limitMs, onExpired });
			return () => void running.delete(id);
		},
		close: () => clearInterval(timer),
	};
}
