import { type Operator, operators } from "./operators.ts";
import { type Priority, type PriorityName, priorities, priorityNames } from "./priorities.ts";

/** A lane is the queue of one operator at one priority: sixteen in all. */
export type LaneName = `${Operator}-${PriorityName}`;

export type Lane = { readonly name: LaneName; readonly operator: Operator; readonly priority: Priority };

/**
 * Why an entry is in its lane. `first`: the request that inserted its messages sent it, once. `release`: their slot
 * came. `again`: they may be in the lane already, because a request died or a send got no answer. Messages of `release`
 * and `again` entries are claimed before they are submitted.
 */
export type LaneEntryKind = "first" | "release" | "again";

export function laneName(operator: Operator, priority: Priority): LaneName {
	return `${operator}-${priorityNames[priority]}`;
}

export const lanes: readonly Lane[] = operators.flatMap((operator) =>
	priorities.map((priority) => ({ name: laneName(operator, priority), operator, priority })),
);

export function lanesOf(operator: Operator): readonly Lane[] {
	return lanes.filter((lane) => lane.operator === operator).toSorted((one, other) => other.priority - one.priority);
}
