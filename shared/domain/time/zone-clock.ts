/** A date and time as a zone's clock shows it. */
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

/** The clock of one time zone. Instants are milliseconds since 1970. */
export type ZoneClock = {
	/** How far the zone is ahead of UTC at an instant, in milliseconds. */
	offsetAt(at: number): number;
	timeAt(at: number): WallClock;
	/** Of an hour that comes twice, the first instant. An hour that is skipped is read with the offset before the change. */
	instantOf(time: WallClock): number;
};

const quarterMs = 15 * 60_000;
const dayMs = 24 * 3_600_000;
const cachedQuartersMax = 4_096;

/**
 * Offsets come from the zone database, once for each quarter of an hour: zones change their offset on quarters.
 * @throws RangeError for a zone that does not exist.
 */
export function zoneClock(zone: string): ZoneClock {
	const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
	const offsetByQuarter = new Map<number, number>();

	function offsetAt(at: number): number {
		const quarter = Math.floor(at / quarterMs);
		const cached = offsetByQuarter.get(quarter);
		if (cached !== undefined) return cached;
		if (offsetByQuarter.size >= cachedQuartersMax) offsetByQuarter.clear();
		const offset = offsetIn(format, quarter * quarterMs);
		offsetByQuarter.set(quarter, offset);
		return offset;
	}

	function timeAt(at: number): WallClock {
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

	function instantOf({ year, month, day, hour, minute, second }: WallClock): number {
		const shown = Date.UTC(year, month - 1, day, hour, minute, second);
		const before = shown - offsetAt(shown - dayMs);
		if (before + offsetAt(before) === shown) return before;
		const after = shown - offsetAt(shown + dayMs);
		return after + offsetAt(after) === shown ? after : before;
	}

	return { offsetAt, timeAt, instantOf };
}

function offsetIn(format: Intl.DateTimeFormat, at: number): number {
	const text = format.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";
	const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? [];
	return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
