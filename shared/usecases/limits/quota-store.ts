/** How much was handed out of each counted window, over all processes. */
export type QuotaStore = {
	/** Takes so much from a counter of `max`, all or nothing; false where less is left. After `keepUntil` the counter may be forgotten. */
	take(counter: string, wanted: number, max: number, keepUntil: number): Promise<boolean>;
};
