import type { Priority } from "../message/priorities.ts";

/** A queue in which owners (accounts, or networks) take turns, one item each, so a flood of one does not delay the others. */
export type FairTurns<Item> = {
	readonly size: number;
	push(owner: string, item: Item): void;
	pushFirst(owner: string, item: Item): void;
	next(): Item | undefined;
	sizeOf(owner: string): number;
	/** Removes the newest item of the owner with the most items. */
	takeFromFullest(): Item | undefined;
	/** The number of items of the owner with the most items. */
	readonly fullestSize: number;
};

export function fairTurns<Item>(): FairTurns<Item> {
	const waiting = new Map<string, Item[]>();
	let size = 0;
	function of(owner: string): Item[] {
		size += 1;
		const own = waiting.get(owner) ?? [];
		waiting.set(owner, own);
		return own;
	}
	function fullest(): readonly [string, Item[]] | undefined {
		return [...waiting].reduce<[string, Item[]] | undefined>(
			(most, one) => (most === undefined || one[1].length > most[1].length ? one : most),
			undefined,
		);
	}
	return {
		get size() {
			return size;
		},
		push: (owner, item) => void of(owner).push(item),
		pushFirst: (owner, item) => void of(owner).unshift(item),
		next() {
			for (const [owner, own] of waiting) {
				/* A Map keeps insertion order, so this moves the owner to the end. */
				waiting.delete(owner);
				const item = own.shift();
				if (own.length > 0) waiting.set(owner, own);
				if (item === undefined) continue;
				size -= 1;
				return item;
			}
			return undefined;
		},
		sizeOf: (owner) => waiting.get(owner)?.length ?? 0,
		takeFromFullest() {
			const [owner = "", own = []] = fullest() ?? [];
			if (own.length === 0) return undefined;
			if (own.length === 1) waiting.delete(owner);
			size -= 1;
			return own.pop();
		},
		get fullestSize() {
			return fullest()?.[1].length ?? 0;
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

/** Priorities share the turns by their weights, and owners take turns within a priority. */
export type PriorityQueue<Item> = {
	push(priority: Priority, owner: string, item: Item): void;
	/** Puts it before all others of its owner: it has had its turn before. */
	pushFirst(priority: Priority, owner: string, item: Item): void;
	next(): Item | undefined;
	waiting(priority: number): number;
};

export function priorityQueue<Item>(): PriorityQueue<Item> {
	const byPriority = [0, 1, 2, 3].map(() => fairTurns<Item>());
	let turns = freshTurns;
	const of = (priority: number) => byPriority[priority] ?? fairTurns<Item>();
	return {
		push: (priority, owner, item) => of(priority).push(owner, item),
		pushFirst: (priority, owner, item) => of(priority).pushFirst(owner, item),
		next() {
			const turn = nextPriority(turns, (priority) => of(priority).size > 0);
			if (turn === null) return undefined;
			turns = turn[1];
			return of(turn[0]).next();
		},
		waiting: (priority) => of(priority).size,
	};
}
