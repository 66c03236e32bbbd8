import { fifo } from "./fifo.ts";

export type DelayQueue<Item> = {
	push(item: Item): void;
	/** Takes effect on what waits already, too. */
	setDelay(ms: number): void;
	stop(): void;
};

/** The timer wakes for the oldest; those that fall due within this time of it come along. */
const coalesceMs = 5;

/**
 * Items that all wait equally long, so that they fall due in the order they came: one timer for all of them. At most
 * `itemsMax` are kept; beyond that the oldest is let go.
 */
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
