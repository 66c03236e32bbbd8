/** A queue in which accounts take turns, one item each, so a flood of one account does not delay the others. */
export type AccountTurns<Item> = {
	readonly size: number;
	push(userName: string, item: Item): void;
	pushFirst(userName: string, item: Item): void;
	next(): Item | undefined;
};

export function accountTurns<Item>(): AccountTurns<Item> {
	const waiting = new Map<string, Item[]>();
	let size = 0;
	function of(userName: string): Item[] {
		size += 1;
		const own = waiting.get(userName) ?? [];
		waiting.set(userName, own);
		return own;
	}
	return {
		get size() {
			return size;
		},
		push: (userName, item) => void of(userName).push(item),
		pushFirst: (userName, item) => void of(userName).unshift(item),
		next() {
			for (const [userName, own] of waiting) {
				/* A Map keeps insertion order, so this moves the account to the end. */
				waiting.delete(userName);
				const item = own.shift();
				if (own.length > 0) waiting.set(userName, own);
				if (item === undefined) continue;
				size -= 1;
				return item;
			}
			return undefined;
		},
	};
}

/** How many items each priority may send in a round, from bulk to emergency. */
export const turnWeights = [1, 4, 16, 64] as const;

/**
 * What is left of each priority's weight in this round of a deficit round robin. Higher priorities go first, and bulk
 * still gets one turn in 85. Priorities with nothing to send are skipped.
 */
export type PriorityTurns = readonly number[];

export const freshTurns: PriorityTurns = turnWeights;

export function nextPriority(
	left: PriorityTurns,
	has: (priority: number) => boolean,
): readonly [priority: number, PriorityTurns] | null {
	const ready = [3, 2, 1, 0].filter(has);
	const [highest] = ready;
	if (highest === undefined) return null;
	const turn = ready.find((priority) => (left[priority] ?? 0) > 0);
	if (turn === undefined) return nextPriority(freshTurns, has);
	return [turn, left.with(turn, (left[turn] ?? 0) - 1)];
}
