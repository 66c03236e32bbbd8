/**
 * Wall clock of Asia/Almaty, the only one on the wire (A13). Offsets come from the zone database, never from a constant:
 * the zone moved from +06:00 to +05:00 on 2024-03-01, and may move again.
 */
const zone = new Intl.DateTimeFormat("en-US", { timeZone: "Asia/Almaty", timeZoneName: "longOffset" });

const quarterMs = 15 * 60_000;
const rememberedQuarters = 4096;
const offsetByQuarter = new Map<number, number>();

/** How far Almaty's clock is ahead of UTC at an instant, in milliseconds. Asked once a quarter hour: zones move on quarters. */
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
	/** From 1; one past the month's last is the first of the next. */
	readonly day: number;
	readonly hour: number;
	readonly minute: number;
	readonly second: number;
};

/** What Almaty's clock shows at an instant. */
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

/** The first instant at which Almaty's clock shows this; where the clock was put forward over it, as the old offset has it. */
export function instantOf({ year, month, day, hour, minute, second }: WallClock): number {
	const shown = Date.UTC(year, month - 1, day, hour, minute, second);
	const before = shown - offsetAt(shown - 24 * 3_600_000);
	if (before + offsetAt(before) === shown) return before;
	const after = shown - offsetAt(shown + 24 * 3_600_000);
	return after + offsetAt(after) === shown ? after : before;
}

/** An instant as the contract writes it: `2014-12-24 16:33:05`. */
export function almatyText(at: number): string {
	return new Date(at + offsetAt(at)).toISOString().slice(0, 19).replace("T", " ");
}

const pattern = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;

/** The instant of a `YYYY-MM-DD HH:mm:ss`, or null where there is no such date or time (A11). */
export function instantFromAlmatyText(text: string): number | null {
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] =
		pattern.exec(text.trim())?.slice(1).map(Number) ?? [];
	const shown = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
	if (shown.toISOString().slice(0, 19).replace("T", " ") !== text.trim()) return null;
	return instantOf({ year, month, day, hour, minute, second });
}
