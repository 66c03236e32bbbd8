const minute = 60;
const hour = 60 * minute;

/** Waits between the tries of a report, in seconds, each give or take a fifth: about a day in all (A40). */
const ladder = [5, 30, 2 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 8 * hour, 8 * hour];

/**
 * How long to wait after so many tries, of which there was at least one; null: no more.
 * @param chance from 0 to 1.
 */
export function waitAfter(tries: number, chance: number): number | null {
	const seconds = ladder[tries - 1];
	return seconds === undefined ? null : Math.round(seconds * (0.8 + 0.4 * chance));
}

/** How many seconds a Retry-After asks for, which is a number of them or a date; null where it is neither. At most eight hours. */
export function retryAfterSeconds(header: string | null, now: number): number | null {
	const text = header?.trim() ?? "";
	const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1_000);
	return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), 8 * hour);
}
