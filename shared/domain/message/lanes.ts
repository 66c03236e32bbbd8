import { type Operator, operators } from "./operators.ts";
import { type Priority, type PriorityName, priorities, priorityNames } from "./priorities.ts";

/** A lane is where messages of one operator at one priority wait for a bind: one SQS queue each, sixteen in all. */
export type LaneName = `${Operator}-${PriorityName}`;

export type Lane = { readonly name: LaneName; readonly operator: Operator; readonly priority: Priority };

/**
 * Why an entry is in its lane. `first`: the request that stored its messages sent it, once. `release`: their time has come. `again`: they may have
 * been sent before, for an attempt died, or its call got no answer. What is not `first` is claimed before it is submitted.
 */
export type LaneEntryKind = "first" | "release" | "again";

export function laneName(operator: Operator, priority: Priority): LaneName {
	return `${operator}-${priorityNames[priority]}`;
}

export const lanes: readonly Lane[] = operators.flatMap((operator) =>
	priorities.map((priority) => ({ name: laneName(operator, priority), operator, priority })),
);

/** An operator's lanes, the most urgent first. */
export function lanesOf(operator: Operator): readonly Lane[] {
	return lanes.filter((lane) => lane.operator === operator).toSorted((one, other) => other.priority - one.priority);
}
