/** Values in the order of `compare`, in which no two are equal. */
export type SortedList<Value> = {
	readonly values: readonly Value[];
	add(value: Value): void;
	/** Removes and returns the value that compares equal to this one; undefined if there is none. */
	remove(like: Value): Value | undefined;
	removeAt(index: number): Value | undefined;
	/** Index of the first value that is not before this one. */
	indexFrom(like: Value): number;
};

export function sortedList<Value>(compare: (one: Value, other: Value) => number): SortedList<Value> {
	const values: Value[] = [];

	function indexFrom(like: Value): number {
		let [from, to] = [0, values.length];
		while (from < to) {
			const middle = (from + to) >>> 1;
			if (compare(values[middle] as Value, like) < 0) from = middle + 1;
			else to = middle;
		}
		return from;
	}

	/* Most values are added at the end. */
	const isLast = (value: Value) => values.length === 0 || compare(values[values.length - 1] as Value, value) < 0;
	const removeAt = (index: number) => (index === 0 ? values.shift() : values.splice(index, 1)[0]);

	return {
		values,
		add(value) {
			if (isLast(value)) values.push(value);
			else values.splice(indexFrom(value), 0, value);
		},
		remove(like) {
			const index = indexFrom(like);
			const found = values[index];
			return found !== undefined && compare(found, like) === 0 ? removeAt(index) : undefined;
		},
		removeAt,
		indexFrom,
	};
}
