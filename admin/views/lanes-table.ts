import type { LaneNote } from "#shared/contracts/lane-note.ts";
import { type LaneName, lanes } from "#shared/domain/message/lanes.ts";
import type { Operator } from "#shared/domain/message/operators.ts";

/** A lane's entries at one instant, by SQS's approximate counts. */
export type LaneDepth = { readonly waiting: number; readonly inFlight: number; readonly delayed: number };

/** All lanes at one instant. */
export type LanesLook = { readonly at: number; readonly depths: ReadonlyMap<LaneName, LaneDepth> };

export type LaneRow = {
	readonly lane: LaneName;
	/** Estimated: entries times the mean size of those that a task received lately. Null: none was. */
	readonly messages: number | null;
	readonly waiting: number;
	readonly in_flight: number;
	readonly delayed: number;
	/** Messages by which the lane became shorter, or entries if their size is not known. Below 0 it grows. */
	readonly drains_per_second: number | null;
	/** Until the lane is empty, if it goes on like this. */
	readonly empty_in_seconds: number | null;
};

const emptyDepth: LaneDepth = { waiting: 0, inFlight: 0, delayed: 0 };

/**
 * The table of lanes.
 * @param looks in the order of time; the rate is the difference between the first and the last.
 */
export function lanesTable(
	looks: readonly [LanesLook, ...LanesLook[]],
	notes: Partial<Record<Operator, LaneNote>>,
): readonly LaneRow[] {
	const [first] = looks;
	const last = looks.at(-1) ?? first;
	const seconds = (last.at - first.at) / 1_000;
	return lanes.map(({ name, operator }) => {
		const depth = last.depths.get(name) ?? emptyDepth;
		const size = notes[operator]?.entry_size[name];
		const entries = entriesIn(depth);
		const drained = (entriesIn(first.depths.get(name) ?? emptyDepth) - entries) * (size ?? 1);
		const perSecond = seconds > 0 ? drained / seconds : null;
		const left = entries * (size ?? 1);
		return {
			lane: name,
			messages: messagesIn(entries, size),
			waiting: depth.waiting,
			in_flight: depth.inFlight,
			delayed: depth.delayed,
			drains_per_second: perSecond === null ? null : Math.round(perSecond * 10) / 10,
			empty_in_seconds: perSecond === null || perSecond <= 0 || left === 0 ? null : Math.ceil(left / perSecond),
		};
	});
}

const entriesIn = ({ waiting, inFlight, delayed }: LaneDepth) => waiting + inFlight + delayed;

function messagesIn(entries: number, size: number | undefined): number | null {
	if (entries === 0) return 0;
	return size === undefined ? null : Math.round(entries * size);
}

export type OperatorShares = { readonly operator: Operator; readonly account: string; readonly share: number };

/** The accounts with the most messages among those that tasks received lately, by operator. */
export function accountShares(notes: Partial<Record<Operator, LaneNote>>): readonly OperatorShares[] {
	return Object.entries(notes).flatMap(([operator, { accounts }]) =>
		accounts.map((own) => ({ operator: operator as Operator, ...own })),
	);
}
