import { jittered } from "../../flow/back-off.ts";

const minute = 60;
const hour = 60 * minute;

/** Waits between the tries of a report, in seconds, each give or take a fifth: about a day in all (A40). */
const retryDelaysSeconds = [5, 30, 2 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 8 * hour, 8 * hour];

/** Ten minutes, and the fifth that chance may add: what waits longer waits for a quarter of an hour to begin (A40). */
export const shortWaitMaxSeconds = 12 * minute;

/**
 * How long to wait after so many tries, of which there was at least one; null: no more.
 * @param chance from 0 to 1.
 */
export function retryDelaySeconds(tries: number, chance: number): number | null {
	const seconds = retryDelaysSeconds[tries - 1];
	return seconds === undefined ? null : Math.round(jittered(seconds, chance));
}

const retryAfterMaxSeconds = 8 * hour;

/**
 * How many seconds a Retry-After asks for, which is a number of them or a date in one of HTTP's three forms; null where it
 * is neither. At most eight hours, as the longest wait of our own.
 */
export function retryAfterSeconds(header: string | null, now: number): number | null {
	const text = header?.trim() ?? "";
	const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((httpDate(text) - now) / 1_000);
	return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), retryAfterMaxSeconds);
}

/** Not a number where it is no date. Other texts than these also parse as some date, so they are not tried. */
function httpDate(text: string): number {
	if (/^[A-Z][a-z]{2,8}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return Date.parse(text);
	const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/.test(text);
	return asctime ? Date.parse(`${text} GMT`) : Number.NaN;
}
