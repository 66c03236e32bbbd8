/** The holders of an operator's bind leases, and the task that wishes for one because it has too few. */
export type BindShares = {
	readonly bindLeases: number;
	readonly holders: ReadonlyMap<number, string>;
	readonly wisher: string | undefined;
};

export type RebalancingSteps = {
	readonly take: readonly number[];
	readonly wish: boolean;
	readonly giveUp: boolean;
};

/**
 * The first task takes all free leases, so none is unused. Then the task with most leases gives one at a time to a task
 * with at least two fewer, until the numbers differ by one at most (docs/adr/0022).
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
