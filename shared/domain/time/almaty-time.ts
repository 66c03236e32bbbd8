/**
 * The wall clock of Asia/Almaty, the only one on the wire (A13). Offsets come from the time zone database: the zone
 * moved from +06:00 to +05:00 on 2024-03-01, and may move again.
 */
const zone = new Intl.DateTimeFormat("en-US", { timeZone: "Asia/Almaty", timeZoneName: "longOffset" });

const quarterMs = 15 * 60_000;
const rememberedQuarters = 4096;
const offsetByQuarter = new Map<number, number>();

/** The offset from UTC at an instant, in milliseconds. Cached by quarter of an hour: zones change on quarters. */
function offsetAt(at: number): number {
	const quarter = Math.floor(at / quarterMs);
	const known = offsetByQuarter.get(quarter);
	if (known !== undefined) return known;
	if (offsetByQuarter.size >= rememberedQuarters) offsetByQuarter.clear();
	const text = zone.formatToParts(quarter * quarterMs).find((part) => part.type === "timeZoneName")?.value ?? "";
	const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? [];
	const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
	offsetByQuarter.set(quarter, offset);
	return offset;
}

export type WallClock = {
	readonly year: number;
	/** From 1. */
	readonly month: number;
	/** From 1. A day after the last of the month is in the next month. */
	readonly day: number;
	readonly hour: number;
	readonly minute: number;
	readonly second: number;
};

export function almatyTime(at: number): WallClock {
	const shown = new Date(at + offsetAt(at));
	return {
		year: shown.getUTCFullYear(),
		month: shown.getUTCMonth() + 1,
		day: shown.getUTCDate(),
		hour: shown.getUTCHours(),
		minute: shown.getUTCMinutes(),
		second: shown.getUTCSeconds(),
	};
}

/** The first instant at which Almaty's clock shows this. A time that a zone change skips has the old offset. */
export function instantOf({ year, month, day, hour, minute, second }: WallClock): number {
	const shown = Date.UTC(year, month - 1, day, hour, minute, second);
	const before = shown - offsetAt(shown - 24 * 3_600_000);
	if (before + offsetAt(before) === shown) return before;
	const after = shown - offsetAt(shown + 24 * 3_600_000);
	return after + offsetAt(after) === shown ? after : before;
}

/** An instant in the form of the contract: `2014-12-24 16:33:05`. */
export function almatyText(at: number): string {
	return new Date(at + offsetAt(at)).toISOString().slice(0, 19).replace("T", " ");
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
