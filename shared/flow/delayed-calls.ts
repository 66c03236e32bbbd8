export type DelayedCalls = {
	readonly size: number;
	add(afterMs: number, act: () => void): void;
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
