import { errorText } from "../message/error-codes.ts";
import type { Operator } from "../message/operators.ts";
import type { Priority } from "../message/priorities.ts";
import { type FinalStatus, successes } from "../message/statuses.ts";
import { type Count, type CountStep, countSteps, type HourCounts, type Measure, summed } from "./count.ts";
import { type PeriodKind, periodName, periodStarts, type TimeRange } from "./periods.ts";

export type Sum = { readonly messages: number; readonly segments: number };

/** How many messages ended so. `meaning`: the dictionary's text of the code. */
export type EndingSum = Sum & {
	readonly status: FinalStatus;
	readonly errorCode: string | null;
	readonly meaning: string | null;
};

/** What happened in a period. A message may be accepted in one and end in another. */
export type Statistics = {
	readonly accepted: Sum;
	/** Of a message whose SMSC took a part of its segments, that part. */
	readonly submitted: Sum;
	readonly delivered: Sum;
	/** Ended in another way, withdrawn and refused ones included. */
	readonly failed: Sum;
	readonly incoming: Sum;
	/**
	 * Ends whose report the client confirmed, and those whose report it wants and has not confirmed: yet, because it was given up, or
	 * because the account has no webhook.
	 */
	readonly reported: number;
	readonly unreported: number;
	/** The most frequent first. */
	readonly endings: readonly EndingSum[];
};

/** `operator` null: of messages without one. */
export type CountFilter = { readonly operator?: Operator | null | undefined; readonly priority?: Priority | undefined };

/** The statistics of all these hours together. */
export function statisticsOf(hours: readonly HourCounts[], filter: CountFilter = {}): Statistics {
	const counts = summed(hours.flatMap((hour) => corrected(hour.counts.filter((count) => isWanted(count, filter)))));
	const of = (step: CountStep) => totalOf(counts.filter(({ measure }) => measure === step));
	const endings = endingsOf(counts);
	const owed = of("owed").messages;
	const reported = of("reported").messages;
	return {
		accepted: of("accepted"),
		submitted: of("submitted"),
		delivered: totalOf(endings.filter(({ status }) => status === "DELIVERED")),
		failed: totalOf(endings.filter(({ status }) => !successes.includes(status))),
		incoming: of("incoming"),
		reported,
		unreported: Math.max(0, owed - reported),
		endings,
	};
}

/** The statistics of each period in which something was counted, oldest first. */
export function statisticsByPeriod(
	hours: readonly HourCounts[],
	kind: PeriodKind,
	filter: CountFilter = {},
): readonly (Statistics & { readonly period: string })[] {
	const periods = Map.groupBy(
		hours.filter(({ counts }) => counts.some((count) => isWanted(count, filter))),
		({ hour }) => periodName(hour, kind),
	);
	return [...periods]
		.map(([period, own]) => ({ period, ...statisticsOf(own, filter) }))
		.toSorted((one, other) => (one.period < other.period ? -1 : 1));
}

const plotted = ["accepted", "submitted", "delivered", "failed", "incoming"] as const;

/** Numbers of messages over time, for a plot: `times` are the periods' first instants. A period without counts has zeros. */
export type CountSeries = { readonly times: readonly number[] } & Readonly<
	Record<(typeof plotted)[number], readonly number[]>
>;

export function seriesOf(
	hours: readonly HourCounts[],
	range: TimeRange,
	kind: PeriodKind,
	filter: CountFilter = {},
): CountSeries {
	const times = periodStarts(range, kind);
	const byPeriod = new Map(statisticsByPeriod(hours, kind, filter).map((one) => [one.period, one]));
	const numbersOf = (name: (typeof plotted)[number]) =>
		times.map((at) => byPeriod.get(periodName(at, kind))?.[name].messages ?? 0);
	return {
		times,
		accepted: numbersOf("accepted"),
		submitted: numbersOf("submitted"),
		delivered: numbersOf("delivered"),
		failed: numbersOf("failed"),
		incoming: numbersOf("incoming"),
	};
}

function isWanted(count: Count, { operator, priority }: CountFilter): boolean {
	return (
		(operator === undefined || count.operator === operator) && (priority === undefined || count.priority === priority)
	);
}

/**
 * A function may end before it has written what it accepted. Those messages count once they have left NEW, so the larger
 * number holds (ADR 0115).
 */
function corrected(counts: readonly Count[]): readonly Count[] {
	const placeOf = ({ operator, priority }: Count) => `${operator}#${priority}`;
	const left = new Map(counts.filter(({ measure }) => measure === "left").map((count) => [placeOf(count), count]));
	const accepted = new Map(
		counts.filter(({ measure }) => measure === "accepted").map((count) => [placeOf(count), count]),
	);
	const places = new Map([...left, ...accepted]);
	return [
		...counts.filter(({ measure }) => measure !== "accepted" && measure !== "left"),
		...[...places].map(
			([place, { operator, priority }]): Count => ({
				operator,
				priority,
				measure: "accepted",
				messages: Math.max(left.get(place)?.messages ?? 0, accepted.get(place)?.messages ?? 0),
				segments: Math.max(left.get(place)?.segments ?? 0, accepted.get(place)?.segments ?? 0),
			}),
		),
	];
}

/** A message that counts elsewhere now is taken back also where its own count was lost. */
const atLeastNone = (number: number) => Math.max(0, number);

function totalOf(sums: readonly Sum[]): Sum {
	return {
		messages: atLeastNone(sums.reduce((total, { messages }) => total + messages, 0)),
		segments: atLeastNone(sums.reduce((total, { segments }) => total + segments, 0)),
	};
}

const isStep = (measure: Measure): measure is CountStep => (countSteps as readonly Measure[]).includes(measure);

function endingsOf(counts: readonly Count[]): readonly EndingSum[] {
	const groups = Map.groupBy(
		counts.filter(({ measure }) => !isStep(measure)),
		({ measure }) => measure,
	);
	return [...groups]
		.map(([measure, own]) => {
			const [status = "", errorCode = null] = measure.split(":");
			return { status: status as FinalStatus, errorCode, meaning: errorText(errorCode), ...totalOf(own) };
		})
		.filter(({ messages }) => messages > 0)
		.toSorted((one, other) => other.messages - one.messages || (one.status < other.status ? -1 : 1));
}
