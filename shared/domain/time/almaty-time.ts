import { zoneClock } from "./zone-clock.ts";

/**
 * The clock of Asia/Almaty, the only one on the wire (A13). Its offset is never a constant: the zone moved from +06:00 to
 * +05:00 on 2024-03-01, and may move again.
 */
const almaty = zoneClock("Asia/Almaty");

export const almatyTime = almaty.timeAt;

export const instantOf = almaty.instantOf;

/** An instant in the form of the contract: `2014-12-24 16:33:05`. */
export function almatyText(at: number): string {
	return new Date(at + almaty.offsetAt(at)).toISOString().slice(0, 19).replace("T", " ");
}

const pattern = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;

/** The instant of a `YYYY-MM-DD HH:mm:ss`, or null if there is no such date or time (A11). */
export function instantFromAlmatyText(text: string): number | null {
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] =
		pattern.exec(text.trim())?.slice(1).map(Number) ?? [];
	const shown = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
	if (shown.toISOString().slice(0, 19).replace("T", " ") !== text.trim()) return null;
	return instantOf({ year, month, day, hour, minute, second });
}

const dayMs = 24 * 3_600_000;
const weekday = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Almaty", weekday: "long" });

/** An instant as a person near `from` says it: `09:00` of the same day, `Monday 09:00` of the next six, else the date. */
export function almatyDayTime(at: number, from: number): string {
	const [date = "", time = ""] = almatyText(at).split(" ");
	const shown = time.endsWith(":00") ? time.slice(0, 5) : time;
	if (date === almatyText(from).split(" ")[0]) return shown;
	const isSoon = at > from && at - from < 6 * dayMs;
	return `${isSoon ? weekday.format(at) : date} ${shown}`;
}
