import type { Operator } from "../message/operators.ts";
import type { Priority } from "../message/priorities.ts";
import type { FinalStatus } from "../message/statuses.ts";

/**
 * What is counted. `accepted`: given a holder by the request that inserted it. `left`: has left NEW, so it was accepted.
 * `submitted`: an SMSC took a segment at least. `owed`: ended, and its client wants a report. `reported`: its client
 * confirmed the report of its end. `incoming`: from a subscriber to an account. Others have ended, with this code.
 */
export const countSteps = ["accepted", "left", "submitted", "owed", "reported", "incoming"] as const;
export type CountStep = (typeof countSteps)[number];
export type Ending = FinalStatus | `${FinalStatus}:${string}`;
export type Measure = CountStep | Ending;

/** Numbers of one measure. Below 0 if a message counts elsewhere now. */
export type Count = {
	/** Null: refused at its acceptance. */
	readonly operator: Operator | null;
	readonly priority: Priority;
	readonly measure: Measure;
	readonly messages: number;
	readonly segments: number;
};

/** The counts of an account in an hour. `hour`: its first instant. */
export type HourCounts = { readonly userName: string; readonly hour: number; readonly counts: readonly Count[] };

/** A count with its account and hour. */
export type CountEntry = Count & { readonly userName: string; readonly hour: number };

const hourMs = 3_600_000;

/** The first instant of an hour of UTC, which is also an hour of Almaty. */
export function hourOf(at: number): number {
	return Math.floor(at / hourMs) * hourMs;
}

type Cell = Pick<Count, "operator" | "priority" | "measure">;

export const cellName = ({ operator, priority, measure }: Cell) => `${operator ?? ""}#${priority}#${measure}`;

/** Adds counts of the same operator, priority and measure. Those that cancel out are left out. */
export function summed<One extends Count>(counts: readonly One[]): readonly Count[] {
	const sums = new Map<string, Count>();
	for (const { operator, priority, measure, messages, segments } of counts) {
		const name = cellName({ operator, priority, measure });
		const sum = sums.get(name) ?? { operator, priority, measure, messages: 0, segments: 0 };
		sums.set(name, { ...sum, messages: sum.messages + messages, segments: sum.segments + segments });
	}
	return [...sums.values()].filter(({ messages, segments }) => messages !== 0 || segments !== 0);
}

/** Adds the counts of the same account and hour. */
export function byHour(entries: readonly CountEntry[]): readonly HourCounts[] {
	const groups = Map.groupBy(entries, ({ userName, hour }) => `${hour}#${userName}`);
	return [...groups.values()].flatMap((own) => {
		const [{ userName, hour } = { userName: "", hour: 0 }] = own;
		const counts = summed(own);
		return counts.length === 0 ? [] : [{ userName, hour, counts }];
	});
}
