/** Who has which bind lease of an operator, as a task sees it, and who wishes for one because it has too few. */
export type BindShares = {
	readonly bindLeases: number;
	readonly holders: ReadonlyMap<number, string>;
	readonly wisher: string | undefined;
};

/** What a task does about it. */
export type RebalancingSteps = {
	/** Bind leases that it tries to take. */
	readonly take: readonly number[];
	/** It lets the others know that it has too few. */
	readonly wish: boolean;
	/** It lets one of its own go, for whoever wished. */
	readonly giveUp: boolean;
};

/**
 * Whoever comes first takes all that is free: no bind lease stays unused. Then the tasks move bind leases one by one, from the one that has most to one
 * that has at least two fewer, until all have the same, give or take one.
 */
export function rebalancingSteps({ bindLeases, holders, wisher }: BindShares, self: string): RebalancingSteps {
	const count = (holder: string) => [...holders.values()].filter((one) => one === holder).length;
	const own = count(self);
	const most = Math.max(0, ...[...new Set(holders.values())].filter((holder) => holder !== self).map(count));
	const free = Array.from({ length: bindLeases }, (_, bindIndex) => bindIndex).filter(
		(bindIndex) => !holders.has(bindIndex),
	);
	const wishers = wisher === undefined || wisher === self ? Number.POSITIVE_INFINITY : count(wisher);
	return {
		take: own > wishers ? [] : free,
		wish: free.length === 0 && most >= own + 2,
		giveUp: free.length === 0 && own >= wishers + 2 && own >= most,
	};
}
