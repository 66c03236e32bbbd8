import { type ZoneClock, zoneClock } from "#shared/domain/time/zone-clock.ts";
import { type Cron, nextCron, parseCron } from "./cron.ts";

export type FiringRule =
	| { readonly kind: "once"; readonly at: number }
	| { readonly kind: "cron"; readonly cron: Cron; readonly clock: ZoneClock }
	| { readonly kind: "rate"; readonly everyMs: number };

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Reads `at(2026-03-01T09:00:00)`, `cron(7,22 * * * ? *)` or `rate(5 minutes)`.
 * @throws Error with the reason when the expression is none of these, or the zone does not exist.
 */
export function parseFiringRule(expression: string, zone: string): FiringRule {
	const clock = zoneClock(zone);
	const [, kind, inner = ""] = /^(at|cron|rate)\((.*)\)$/.exec(expression) ?? [];
	if (kind === "at") return { kind: "once", at: atInstant(inner, clock) };
	if (kind === "cron") return { kind: "cron", cron: parseCron(inner), clock };
	const [, value, unit] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
	if (kind !== "rate" || unit === undefined || Number(value) < 1) throw new Error(`${expression} is not an expression`);
	return { kind: "rate", everyMs: Number(value) * unitMs[unit as keyof typeof unitMs] };
}

function atInstant(text: string, clock: ZoneClock): number {
	const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text);
	if (!match || Number.isNaN(Date.parse(`${text}Z`))) throw new Error(`at(${text}) is not a time`);
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
	return clock.instantOf({ year, month, day, hour, minute, second });
}

/** The first and last instant at which a recurring schedule may fire. `from` is its StartDate, else its creation. */
export type FiringBounds = { readonly from: number; readonly until: number };

/** The next firing after `after`; undefined when there is none. A one-time schedule ignores the bounds. */
export function nextFiring(rule: FiringRule, after: number, { from, until }: FiringBounds): number | undefined {
	const next = unbounded(rule, after, from);
	return next !== undefined && (rule.kind === "once" || next <= until) ? next : undefined;
}

function unbounded(rule: FiringRule, after: number, from: number): number | undefined {
	switch (rule.kind) {
		case "once":
			return rule.at > after ? rule.at : undefined;
		case "cron":
			return nextCron(rule.cron, rule.clock, Math.max(after, from - 1));
		case "rate":
			return from + Math.max(0, Math.floor((after - from) / rule.everyMs) + 1) * rule.everyMs;
	}
}
