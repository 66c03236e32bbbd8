import type { HourCounts } from "../../domain/counts/count.ts";

export type CountStore = {
	/**
	 * Adds to the counts of an account and hour, in one try: a repeated one might count twice. False: the store was busy,
	 * and nothing was added. @throws Error if it may have been added or not.
	 */
	add(counts: HourCounts): Promise<boolean>;
	/** The hours of an account from the first instant to before the second, oldest first. */
	read(userName: string, from: number, to: number): Promise<readonly HourCounts[]>;
};
