/** What is to be done after a while, each thing after its own. */
export type DelayedCalls = {
	/** How many wait. */
	readonly size: number;
	add(afterMs: number, act: () => void): void;
	/** Calls all of them off. */
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
		},
		cancelAll() {
			for (const timer of timers) clearTimeout(timer);
			timers.clear();
		},
	};
}
