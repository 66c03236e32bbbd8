import { almatyTime, instantOf } from "./almaty-time.ts";

/** When a message may be submitted (R20), in Almaty's time. The closing hour is not included (A14). */
export const windows = {
	def: { opens: 9, closes: 18, weekends: false },
	wd99: { opens: 9, closes: 21, weekends: false },
	wd911: { opens: 9, closes: 23, weekends: false },
	ad96: { opens: 9, closes: 18, weekends: true },
	ad99: { opens: 9, closes: 21, weekends: true },
	ad911: { opens: 9, closes: 23, weekends: true },
	full: { opens: 0, closes: 24, weekends: true },
} as const;

export type TimeBounds = keyof typeof windows;

export const timeBoundsNames = Object.keys(windows) as readonly TimeBounds[];

/** The first instant from `at` on inside the bounds; `at` itself if it is inside. */
export function nextOpening(bounds: TimeBounds, at: number): number {
	const { opens, closes, weekends } = windows[bounds];
	if (bounds === "full") return at;
	const { year, month, day, hour } = almatyTime(at);
	for (let ahead = 0; ; ahead += 1) {
		const weekday = new Date(Date.UTC(year, month - 1, day + ahead)).getUTCDay();
		const dayCounts = weekends || (weekday !== 0 && weekday !== 6);
		if (!dayCounts || (ahead === 0 && hour >= closes)) continue;
		if (ahead === 0 && hour >= opens) return at;
		return instantOf({ year, month, day: day + ahead, hour: opens, minute: 0, second: 0 });
	}
}

/** When the window that is open at this instant closes; infinity if it never does. */
export function nextClosing(bounds: TimeBounds, at: number): number {
	if (bounds === "full") return Number.POSITIVE_INFINITY;
	const { year, month, day } = almatyTime(at);
	return instantOf({ year, month, day, hour: windows[bounds].closes, minute: 0, second: 0 });
}

/** When the window that is open at this instant opened; 0 if it never closes. */
export function openedAt(bounds: TimeBounds, at: number): number {
	if (bounds === "full") return 0;
	const { year, month, day } = almatyTime(at);
	return instantOf({ year, month, day, hour: windows[bounds].opens, minute: 0, second: 0 });
}
