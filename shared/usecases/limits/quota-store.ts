/** Shared counters of quota windows. */
export type QuotaStore = {
	/** Adds `wanted` if the sum stays within `max`; otherwise false. After `keepUntil` the counter may be deleted. */
	take(counter: string, wanted: number, max: number, keepUntil: number): Promise<boolean>;
};
