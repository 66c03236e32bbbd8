import type { WaitingEntries } from "./entry-lists.ts";

/** A binary heap from which any value can be removed. @param compare finds no two values equal. */
export function heap<Value extends object>(compare: (one: Value, other: Value) => number): WaitingEntries<Value> {
	const values: Value[] = [];
	const places = new Map<Value, number>();
	const isBefore = (one: number, other: number) => compare(values[one] as Value, values[other] as Value) < 0;

	function put(value: Value, place: number): void {
		values[place] = value;
		places.set(value, place);
	}

	function swap(one: number, other: number): void {
		const value = values[one] as Value;
		put(values[other] as Value, one);
		put(value, other);
	}

	function rise(from: number): void {
		for (let place = from; place > 0; ) {
			const parent = (place - 1) >> 1;
			if (!isBefore(place, parent)) return;
			swap(place, parent);
			place = parent;
		}
	}

	/** The child that comes first; the place itself if no child comes before it. */
	function firstBelow(place: number): number {
		let first = place;
		for (const child of [2 * place + 1, 2 * place + 2]) {
			if (child < values.length && isBefore(child, first)) first = child;
		}
		return first;
	}

	function sink(from: number): void {
		let place = from;
		for (let next = firstBelow(place); next !== place; next = firstBelow(place)) {
			swap(place, next);
			place = next;
		}
	}

	return {
		get size() {
			return values.length;
		},
		add(value) {
			put(value, values.length);
			rise(values.length - 1);
		},
		remove(value) {
			const place = places.get(value);
			if (place === undefined) return false;
			const last = values.pop() as Value;
			places.delete(value);
			if (last === value) return true;
			put(last, place);
			rise(place);
			sink(place);
			return true;
		},
		first: () => values[0],
	};
}
