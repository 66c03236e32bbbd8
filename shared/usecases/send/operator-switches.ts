import type { Operator } from "../../domain/message/operators.ts";

/** Which operators are not to be sent to for now, by somebody's order. */
export type OperatorSwitches = {
	paused(): Promise<ReadonlySet<Operator>>;
	/** Nothing is submitted to it from the tasks' next look on, until it is resumed. One that is paused stays so. */
	pause(operator: Operator): Promise<void>;
	resume(operator: Operator): Promise<void>;
};
