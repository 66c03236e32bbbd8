/** A moment as the clock on the wall of some zone shows it. */
export type WallClock = {
	readonly year: number;
	/** 1 to 12. */
	readonly month: number;
	readonly day: number;
	readonly hour: number;
	readonly minute: number;
	readonly second: number;
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a zone that does not exist. */
function formatFor(zone: string): Intl.DateTimeFormat {
	const known = formats.get(zone);
	if (known) return known;
	const format = new Intl.DateTimeFormat("en-US", {
		timeZone: zone,
		hourCycle: "h23",
		year: "numeric",
		month: "numeric",
		day: "numeric",
		hour: "numeric",
		minute: "numeric",
		second: "numeric",
	});
	formats.set(zone, format);
	return format;
}

/** What the wall of `zone` shows at `instant` (milliseconds of the epoch). */
export function wallClockAt(zone: string, instant: number): WallClock {
	const parts = Object.fromEntries(
		formatFor(zone)
			.formatToParts(instant)
			.map(({ type, value }) => [type, Number(value)]),
	);
	const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
	return { year, month, day, hour, minute, second };
}

/**
 * When the wall of `zone` shows `wall`, in milliseconds of the epoch. An hour that a change of the clocks skips is read with
 * the offset from before it; of one that comes twice, the first is meant.
 */
export function instantOf(zone: string, wall: WallClock): number {
	const asUtc = utcOf(wall);
	const before = asUtc - offsetAt(zone, asUtc - dayMs);
	if (utcOf(wallClockAt(zone, before)) === asUtc) return before;
	const after = asUtc - offsetAt(zone, asUtc + dayMs);
	return utcOf(wallClockAt(zone, after)) === asUtc ? after : before;
}

const dayMs = 86_400_000;

function offsetAt(zone: string, instant: number): number {
	return utcOf(wallClockAt(zone, instant)) - Math.floor(instant / 1_000) * 1_000;
}

export function utcOf({ year, month, day, hour, minute, second }: WallClock): number {
	return Date.UTC(year, month - 1, day, hour, minute, second);
}
