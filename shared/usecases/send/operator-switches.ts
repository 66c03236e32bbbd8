import type { Operator } from "../../domain/message/operators.ts";

/** Keeps which operators are paused. Every call has a time limit; one that throws may or may not have happened. */
export type OperatorSwitches = {
	paused(): Promise<ReadonlySet<Operator>>;
	/** Tasks stop submitting to it when they next read this. May be repeated. */
	pause(operator: Operator): Promise<void>;
	resume(operator: Operator): Promise<void>;
};
