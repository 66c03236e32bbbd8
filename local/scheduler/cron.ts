import type { ZoneClock } from "#shared/domain/time/zone-clock.ts";

export type Cron = {
	readonly minutes: ReadonlySet<number>;
	readonly hours: ReadonlySet<number>;
	readonly daysOfMonth: ReadonlySet<number>;
	readonly months: ReadonlySet<number>;
	/** 1 is Sunday. */
	readonly daysOfWeek: ReadonlySet<number>;
	readonly years: ReadonlySet<number>;
};

type Field = { readonly from: number; readonly to: number; readonly names?: readonly string[] };

const fields: Readonly<Record<keyof Cron, Field>> = {
	minutes: { from: 0, to: 59 },
	hours: { from: 0, to: 23 },
	daysOfMonth: { from: 1, to: 31 },
	months: {
		from: 1,
		to: 12,
		names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
	},
	daysOfWeek: { from: 1, to: 7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
	years: { from: 1970, to: 2199 },
};

/**
 * Parses the six fields of `cron(…)` with lists, ranges, steps and names. L, W and # are not supported.
 * @throws Error naming the wrong field.
 */
export function parseCron(text: string): Cron {
	const parts = text.trim().split(/\s+/);
	const names = Object.keys(fields) as (keyof Cron)[];
	if (parts.length !== names.length) throw new Error("a cron expression has six fields");
	if ((parts[2] === "?") === (parts[4] === "?")) throw new Error("one of day-of-month and day-of-week must be ?");
	const sets = names.map((name, index) => [name, valuesOf(parts[index] ?? "", fields[name])] as const);
	return Object.fromEntries(sets) as Record<keyof Cron, ReadonlySet<number>>;
}

function valuesOf(text: string, field: Field): ReadonlySet<number> {
	return new Set(text.split(",").flatMap((item) => itemValues(item, field)));
}

function itemValues(item: string, field: Field): readonly number[] {
	const match = /^(\*|\?|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item);
	if (!match) throw new Error(`cron field ${item} is not supported`);
	const [, start = "", end, step] = match;
	const all = start === "*" || start === "?";
	const from = all ? field.from : numberOf(start, field);
	const open = all || step !== undefined ? field.to : from;
	const to = end === undefined ? open : numberOf(end, field);
	const by = Number(step ?? 1);
	if (to < from || by < 1) throw new Error(`cron field ${item} matches nothing`);
	return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function numberOf(text: string, { from, to, names }: Field): number {
	const named = names?.indexOf(text.toUpperCase()) ?? -1;
	const value = named >= 0 ? named + from : Number(text);
	if (!Number.isInteger(value) || value < from || value > to) throw new Error(`cron field ${text} is out of range`);
	return value;
}

const dayMs = 86_400_000;
/** The longest gap between two days that a cron expression can match: a leap day across a century. */
const daysAhead = 366 * 8 + 1;

/** The first matching time of `clock` after `after`; undefined when the expression never matches again. */
export function nextCron(cron: Cron, clock: ZoneClock, after: number): number | undefined {
	const { year, month, day: today } = clock.timeAt(after);
	const midnight = Date.UTC(year, month - 1, today);
	for (let ahead = 0; ahead <= daysAhead; ahead++) {
		const day = new Date(midnight + ahead * dayMs);
		const found = matchesDay(cron, day) ? firstOnDay(cron, clock, day, after) : undefined;
		if (found !== undefined) return found;
	}
	return undefined;
}

function matchesDay(cron: Cron, day: Date): boolean {
	return (
		cron.daysOfMonth.has(day.getUTCDate()) &&
		cron.months.has(day.getUTCMonth() + 1) &&
		cron.daysOfWeek.has(day.getUTCDay() + 1) &&
		cron.years.has(day.getUTCFullYear())
	);
}

function firstOnDay({ hours, minutes }: Cron, clock: ZoneClock, day: Date, after: number): number | undefined {
	const date = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate(), second: 0 };
	for (const hour of [...hours].sort((a, b) => a - b)) {
		for (const minute of [...minutes].sort((a, b) => a - b)) {
			const instant = clock.instantOf({ ...date, hour, minute });
			if (instant > after) return instant;
		}
	}
	return undefined;
}
