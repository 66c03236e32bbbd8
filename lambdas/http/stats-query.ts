import {
	dayAt,
	dayBefore,
	daysIn,
	type PeriodKind,
	periodKinds,
	rangeOfDays,
	type TimeRange,
} from "#shared/domain/counts/periods.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { Event } from "./http-handler.ts";

export type StatsQuery = {
	/** The first and the last day. */
	readonly from: string;
	readonly to: string;
	readonly by: PeriodKind;
	readonly range: TimeRange;
};

/** The longest range, so that an answer stays small and needs few reads. */
const daysMax = { hour: 31, day: 92, month: 92 } as const satisfies Record<PeriodKind, number>;

const usualDays = 7;

/**
 * Reads `from`, `to` and `by` (A52): days of Almaty. Without them, the last seven days, by day.
 * @throws Refusal for other values, and for a range that is too long.
 */
export function statsQuery({ queryStringParameters: query }: Event, now: number): StatsQuery {
	const by = periodKinds.find((kind) => kind === (query?.["by"] ?? "day"));
	if (by === undefined) throw refused("by", `must be one of ${periodKinds.join(", ")}`);
	const to = dayIn(query?.["to"] ?? dayAt(now), "to");
	const from = dayIn(query?.["from"] ?? dayBefore(to, usualDays - 1), "from");
	const range = rangeOfDays(from, to);
	if (range === null || range.from >= range.to) throw refused("from", "must not be later than to");
	if (daysIn(range) > daysMax[by]) throw refused("from", `must be at most ${daysMax[by]} days before to, by ${by}`);
	return { from, to, by, range };
}

function dayIn(text: string, field: "from" | "to"): string {
	if (rangeOfDays(text, text) === null) throw refused(field, "must be a day such as 2026-11-28");
	return text;
}

function refused(field: "from" | "to" | "by", rule: string): Refusal {
	return new Refusal(null, { field, detail: `${field} ${rule}` });
}
