/** Time that is made up: it goes on a millisecond at once, as timers do, and stands until all that falls due in it is done. */
export type SimulationClock = {
	readonly now: number;
	/** Does something so many milliseconds from now, whole ones. */
	after(ms: number, what: () => void): void;
	/** Goes on until nothing is left to be done. */
	run(): void;
};

export function openSimulationClock(): SimulationClock {
	const due = new Map<number, (() => void)[]>();
	let now = 0;
	return {
		get now() {
			return now;
		},
		after(ms, what) {
			const others = due.get(now + ms);
			if (others === undefined) due.set(now + ms, [what]);
			else others.push(what);
		},
		run() {
			for (; due.size > 0; now += 1) {
				/* What is put down for this very millisecond meanwhile is done in it, too. */
				for (const what of due.get(now) ?? []) what();
				due.delete(now);
			}
		},
	};
}
