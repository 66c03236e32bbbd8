/** Who has which bind slot of an operator, as a task sees it, and who wishes for one because it has too few. */
export type Board = {
	readonly slots: number;
	readonly holders: ReadonlyMap<number, string>;
	readonly wisher: string | undefined;
};

/** What a task does about it. */
export type Moves = {
	/** Slots that it tries to take. */
	readonly take: readonly number[];
	/** It lets the others know that it has too few. */
	readonly wish: boolean;
	/** It lets one of its own go, for whoever wished. */
	readonly giveUp: boolean;
};

/**
 * Whoever comes first takes all that is free: no slot stays unused. Then the tasks move slots one by one, from the one that has most to one
 * that has at least two fewer, until all have the same, give or take one.
 */
export function movesOf({ slots, holders, wisher }: Board, self: string): Moves {
	const count = (holder: string) => [...holders.values()].filter((one) => one === holder).length;
	const own = count(self);
	const most = Math.max(0, ...[...new Set(holders.values())].filter((holder) => holder !== self).map(count));
	const free = Array.from({ length: slots }, (_, slot) => slot).filter((slot) => !holders.has(slot));
	const wishers = wisher === undefined || wisher === self ? Number.POSITIVE_INFINITY : count(wisher);
	return {
		take: own > wishers ? [] : free,
		wish: free.length === 0 && most >= own + 2,
		giveUp: free.length === 0 && own >= wishers + 2 && own >= most,
	};
}
