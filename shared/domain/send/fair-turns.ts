/** Items in the order in which accounts take turns: one of each that has any, so that nobody's flood is in front of all others. */
export type AccountTurns<Item> = {
	readonly size: number;
	push(userName: string, item: Item): void;
	/** Before all others of its account. */
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
				/* To the end of the line: a Map keeps the order in which its keys were put in. */
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

/** What each priority may send before it is another's turn, from bulk to emergency. */
export const turnWeights = [1, 4, 16, 64] as const;

/**
 * Whose turn it is among priorities, by deficit round robin: the higher go first, and the lowest still gets one in 85. Only those
 * count that have something to send, so no turn is ever wasted. `left` is what remains of each one's weight this round.
 */
export type PriorityTurns = readonly number[];

export const freshTurns: PriorityTurns = turnWeights;

/** The priority whose turn it is among those that have something, and the turns after it; null where none has. */
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
