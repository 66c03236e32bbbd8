import { jittered } from "../time/back-off.ts";

const minute = 60;
const hour = 60 * minute;

/** The time that a webhook has to answer (A40). */
export const answerLimitMs = 10_000;

/**
 * Waits between the tries of a report: about a day in all. Each varies by up to a fifth; those over ten minutes then
 * end at the next quarter of an hour (A40).
 */
export const retryDelaysSeconds = [
	5,
	30,
	2 * minute,
	10 * minute,
	30 * minute,
	hour,
	2 * hour,
	4 * hour,
	8 * hour,
	8 * hour,
];

/** Ten minutes and a fifth. Longer waits end at a slot (A40). */
export const shortWaitMaxSeconds = 12 * minute;

/**
 * The wait after this many tries, at least one; null: no further try.
 * @param chance from 0 to 1.
 */
export function retryDelaySeconds(tries: number, chance: number): number | null {
	const seconds = retryDelaysSeconds[tries - 1];
	return seconds === undefined ? null : Math.round(jittered(seconds, chance));
}

const retryAfterMaxSeconds = 8 * hour;

/** The seconds of a Retry-After: a number, or a date in one of HTTP's three forms; else null. At most eight hours. */
export function retryAfterSeconds(header: string | null, now: number): number | null {
	const text = header?.trim() ?? "";
	const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((httpDate(text) - now) / 1_000);
	return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), retryAfterMaxSeconds);
}

/** NaN if it is not a date of HTTP. `Date.parse` alone accepts many other texts. */
function httpDate(text: string): number {
	if (/^[A-Z][a-z]{2,8}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return Date.parse(text);
	const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/.test(text);
	return asctime ? Date.parse(`${text} GMT`) : Number.NaN;
}
