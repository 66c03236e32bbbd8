import { almatyText, almatyTime, instantOf } from "../time/almaty-time.ts";

/** Hours, days and months of Almaty, in which counts are summed. */
export const periodKinds = ["hour", "day", "month"] as const;
export type PeriodKind = (typeof periodKinds)[number];

/** Instants, the second not included. */
export type TimeRange = { readonly from: number; readonly to: number };

const nameLengths = { hour: 19, day: 10, month: 7 } as const satisfies Record<PeriodKind, number>;

/** Of an hour, its beginning: `2026-11-28 09:00:00`. Of a day or month: `2026-11-28`, `2026-11`. */
export function periodName(hour: number, kind: PeriodKind): string {
	return almatyText(hour).slice(0, nameLengths[kind]);
}

/** The day at this instant: `2026-11-28`. */
export const dayAt = (at: number) => periodName(at, "day");

const dayPattern = /^(\d{4})-(\d\d)-(\d\d)$/;
const monthPattern = /^(\d{4})-(\d\d)$/;

/** From the first day to the last one, both included; null if there is no such day. */
export function rangeOfDays(first: string, last: string): TimeRange | null {
	const [from, to] = [startOf(first, 0), startOf(last, 1)];
	return from === null || to === null ? null : { from, to };
}

/** Null if there is no such month. */
export function rangeOfMonth(name: string): TimeRange | null {
	const [year = 0, month = 0] = monthPattern.exec(name)?.slice(1).map(Number) ?? [];
	if (month < 1 || month > 12) return null;
	const first = { year, month, day: 1, hour: 0, minute: 0, second: 0 };
	return { from: instantOf(first), to: instantOf({ ...first, month: month + 1 }) };
}

function startOf(name: string, daysLater: number): number | null {
	const [year = 0, month = 0, day = 0] = dayPattern.exec(name)?.slice(1).map(Number) ?? [];
	const at = instantOf({ year, month, day, hour: 0, minute: 0, second: 0 });
	if (dayAt(at) !== name) return null;
	return instantOf({ year, month, day: day + daysLater, hour: 0, minute: 0, second: 0 });
}

const dayMs = 24 * 60 * 60_000;

export const daysIn = ({ from, to }: TimeRange) => Math.round((to - from) / dayMs);

/** The day that is so many days before this one. */
export function dayBefore(name: string, days: number): string {
	const { year, month, day } = almatyTime(startOf(name, 0) ?? 0);
	return dayAt(instantOf({ year, month, day: day - days, hour: 0, minute: 0, second: 0 }));
}

/** The beginnings of all periods of a range that begins with one. */
export function periodStarts({ from, to }: TimeRange, kind: PeriodKind): readonly number[] {
	const starts: number[] = [];
	for (let at = from; at < to; at = nextStart(at, kind)) starts.push(at);
	return starts;
}

function nextStart(at: number, kind: PeriodKind): number {
	if (kind === "hour") return at + 3_600_000;
	const { year, month, day } = almatyTime(at);
	const time = { hour: 0, minute: 0, second: 0 };
	return kind === "day"
		? instantOf({ year, month, day: day + 1, ...time })
		: instantOf({ year, month: month + 1, day: 1, ...time });
}
