export type DelayedCalls = {
	readonly size: number;
	/** @returns cancels the call. */
	add(afterMs: number, act: () => void): () => void;
	cancelAll(): void;
};

export function delayedCalls(): DelayedCalls {
	const timers = new Set<NodeJS.Timeout>();
	return {
		get size() {
			return timers.size;
		},
		add(afterMs, act) {
			const timer = setTimeout(() => {
				timers.delete(timer);
				act();
			}, afterMs);
			timers.add(timer);
			return () => {
				clearTimeout(timer);
				timers.delete(timer);
			};
		},
		cancelAll() {
			for (const timer of timers) clearTimeout(timer);
			timers.clear();
		},
	};
}
