/** SMPP times (section 7.1.1): YYMMDDhhmmss, tenths, quarters of an hour from UTC, then `+`, `-`, or `R` (relative). */

/** An absolute time in UTC, to the second. */
export function absoluteTime(at: number): string {
	return `${secondOf(at)}000+`;
}

/** A time as its distance from now, at least a second. */
export function relativeTime(at: number, now: number): string {
	const seconds = Math.max(1, Math.floor((at - now) / 1_000));
	const parts = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60];
	return `0000${[...parts, seconds % 60].map((part) => String(part).padStart(2, "0")).join("")}000R`;
}

const secondOf = (at: number) => new Date(at).toISOString().replace(/\D/g, "").slice(2, 14);

export type SmppTime =
	| { readonly kind: "absolute"; readonly at: number }
	/** `at` is `now` and this duration. */
	| { readonly kind: "relative"; readonly at: number }
	| { readonly kind: "malformed" };

const pattern = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([+\-R])$/;
const malformed: SmppTime = { kind: "malformed" };
const quarterMs = 15 * 60_000;
/** No zone is further from UTC. */
const quartersMax = 48;

/** Reads a time of either form; null for an empty field. A date that does not exist is malformed. */
export function readSmppTime(text: string, now: number): SmppTime | null {
	if (text === "") return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, tenths = 0, quarters = 0] =
		pattern.exec(text)?.slice(1, 9).map(Number) ?? [];
	const sign = text.at(-1);
	if (!pattern.test(text)) return malformed;
	if (sign === "R") return { kind: "relative", at: addDuration(now, [year, month, day, hour, minute, second]) };
	const localAt = Date.UTC(2000 + year, month - 1, day, hour, minute, second);
	const isRealDate = secondOf(localAt) === text.slice(0, 12);
	if (!isRealDate || quarters > quartersMax) return malformed;
	return { kind: "absolute", at: localAt + tenths * 100 - (sign === "-" ? -1 : 1) * quarters * quarterMs };
}

function addDuration(
	now: number,
	[years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0]: readonly number[],
) {
	const at = new Date(now);
	at.setUTCFullYear(at.getUTCFullYear() + years, at.getUTCMonth() + months, at.getUTCDate() + days);
	return at.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}
