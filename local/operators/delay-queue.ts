import { fifo } from "./fifo.ts";

export type DelayQueue<Item> = {
	push(item: Item): void;
	/** Applies to waiting items too. */
	setDelay(ms: number): void;
	stop(): void;
};

/** The timer waits for the oldest item; items that are due within this time after it are handled with it. */
const coalesceMs = 5;

/** Items with the same delay, so that one timer serves all. If there are more than `itemsMax`, the oldest is dropped. */
export function delayQueue<Item>(delayMs: number, itemsMax: number, due: (item: Item) => void): DelayQueue<Item> {
	const waiting = fifo<{ readonly item: Item; readonly since: number }>(itemsMax);
	let timer: NodeJS.Timeout | undefined;
	let currentDelayMs = delayMs;

	function arm(): void {
		const oldest = waiting.peek();
		if (timer !== undefined || oldest === undefined) return;
		const leftMs = oldest.since + currentDelayMs - performance.now();
		timer = setTimeout(fire, Math.max(leftMs, coalesceMs));
	}

	function fire(): void {
		timer = undefined;
		const dueSince = performance.now() - currentDelayMs;
		for (let oldest = waiting.peek(); oldest !== undefined && oldest.since <= dueSince; oldest = waiting.peek()) {
			waiting.shift();
			due(oldest.item);
		}
		arm();
	}

	function disarm(): void {
		clearTimeout(timer);
		timer = undefined;
	}

	return {
		push(item) {
			waiting.push({ item, since: performance.now() });
			arm();
		},
		setDelay(ms) {
			currentDelayMs = ms;
			disarm();
			arm();
		},
		stop: disarm,
	};
}
