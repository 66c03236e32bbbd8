import type { SimulatedProcess } from "./simulated-process.ts";

/** An event at an instant of the virtual clock, in a process or, without one, in the simulated environment. */
export type SimulatedEvent = {
	time: number;
	/** Orders events of the same instant: the order in which they were scheduled. */
	readonly sequence: number;
	readonly process: SimulatedProcess | undefined;
	run: (() => void) | undefined;
};

export type EventHeap = {
	readonly size: number;
	push(event: SimulatedEvent): void;
	pop(): SimulatedEvent | undefined;
	peek(): SimulatedEvent | undefined;
};

const isBefore = (one: SimulatedEvent, other: SimulatedEvent) =>
	one.time < other.time || (one.time === other.time && one.sequence < other.sequence);

/** A binary heap of events, the earliest first. */
export function eventHeap(): EventHeap {
	const events: SimulatedEvent[] = [];

	function rise(event: SimulatedEvent, from: number): void {
		let index = from;
		while (index > 0) {
			const above = (index - 1) >> 1;
			const parent = events[above];
			if (parent === undefined || !isBefore(event, parent)) break;
			events[index] = parent;
			index = above;
		}
		events[index] = event;
	}

	function sink(event: SimulatedEvent): void {
		let index = 0;
		for (;;) {
			let below = 2 * index + 1;
			const [left, right] = [events[below], events[below + 1]];
			if (left === undefined) break;
			let child = left;
			if (right !== undefined && isBefore(right, left)) {
				below += 1;
				child = right;
			}
			if (!isBefore(child, event)) break;
			events[index] = child;
			index = below;
		}
		events[index] = event;
	}

	return {
		get size() {
			return events.length;
		},
		push(event) {
			events.push(event);
			rise(event, events.length - 1);
		},
		pop() {
			const first = events[0];
			const last = events.pop();
			if (last !== undefined && events.length > 0) sink(last);
			return first;
		},
		peek: () => events[0],
	};
}
