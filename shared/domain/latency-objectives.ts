import type { PriorityName } from "./message/priorities.ts";

/** Of all messages of a priority, this percentage within this time. */
export type LatencyObjective = { readonly withinMs: number; readonly percent: number };

const second = 1_000;
const minute = 60 * second;

export const latencyObjectives = {
	/** From the acceptance, or when the message may go, to the SMSC's first response. A message that expires before counts as late. */
	submit: {
		emergency: { withinMs: 5 * second, percent: 99 },
		urgent: { withinMs: 10 * second, percent: 99 },
		interactive: { withinMs: 5 * minute, percent: 99 },
		bulk: { withinMs: 120 * minute, percent: 95 },
	},
	/** From the final status to the first attempt of its report by webhook. What the client's server then does is not ours. */
	report: {
		emergency: { withinMs: 30 * second, percent: 99 },
		urgent: { withinMs: 30 * second, percent: 99 },
		interactive: { withinMs: minute, percent: 99 },
		bulk: { withinMs: 10 * minute, percent: 99 },
	},
} as const satisfies Record<string, Readonly<Record<PriorityName, LatencyObjective>>>;

/**
 * How fast the allowance of late messages is used up: at a rate of 1 it lasts exactly the month. `fast` uses two percent of it in an
 * hour, `slow` five percent in six hours.
 */
export const burnRates = {
	fast: { rate: 14.4, hours: 1 },
	slow: { rate: 6, hours: 6 },
} as const;

/** The percentage of late messages at a burn rate. */
export function latePercent({ percent }: LatencyObjective, rate: number): number {
	return Math.min(100, Math.round((100 - percent) * rate * 10) / 10);
}
