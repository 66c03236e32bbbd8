import { type Cron, nextCron, parseCron } from "./cron.ts";
import { instantOf, wallClockAt } from "./wall-clock.ts";

/** When a schedule fires, as its expression says. */
export type FiringRule =
	| { readonly kind: "once"; readonly at: number }
	| { readonly kind: "cron"; readonly cron: Cron; readonly zone: string }
	| { readonly kind: "rate"; readonly everyMs: number };

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Reads `at(2026-03-01T09:00:00)`, `cron(7,22 * * * ? *)` or `rate(5 minutes)`.
 * @throws Error with the reason when it is none of them, or the zone does not exist.
 */
export function parseFiringRule(expression: string, zone: string): FiringRule {
	wallClockAt(zone, 0);
	const [, kind, inner = ""] = /^(at|cron|rate)\((.*)\)$/.exec(expression) ?? [];
	if (kind === "at") return { kind: "once", at: atInstant(inner, zone) };
	if (kind === "cron") return { kind: "cron", cron: parseCron(inner), zone };
	const [, value, unit] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
	if (kind !== "rate" || unit === undefined || Number(value) < 1) throw new Error(`${expression} is not an expression`);
	return { kind: "rate", everyMs: Number(value) * unitMs[unit as keyof typeof unitMs] };
}

function atInstant(text: string, zone: string): number {
	const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text);
	if (!match || Number.isNaN(Date.parse(`${text}Z`))) throw new Error(`at(${text}) is not a time`);
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
	return instantOf(zone, { year, month, day, hour, minute, second });
}

/** From when to when a recurring schedule fires. `from` is its StartDate, or else when it was made. */
export type FiringBounds = { readonly from: number; readonly until: number };

/** The next firing after `after`; undefined when there is none. A one-time schedule obeys no bounds. */
export function nextFiring(rule: FiringRule, after: number, { from, until }: FiringBounds): number | undefined {
	const next = unbounded(rule, after, from);
	return next !== undefined && (rule.kind === "once" || next <= until) ? next : undefined;
}

function unbounded(rule: FiringRule, after: number, from: number): number | undefined {
	switch (rule.kind) {
		case "once":
			return rule.at > after ? rule.at : undefined;
		case "cron":
			return nextCron(rule.cron, rule.zone, Math.max(after, from - 1));
		case "rate":
			return from + Math.max(0, Math.floor((after - from) / rule.everyMs) + 1) * rule.everyMs;
	}
}
