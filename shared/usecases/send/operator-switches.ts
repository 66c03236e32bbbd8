import type { Operator } from "../../domain/message/operators.ts";

/** Keeps which operators are paused. */
export type OperatorSwitches = {
	paused(): Promise<ReadonlySet<Operator>>;
	/** Tasks stop submitting to it when they next read this. May be repeated. */
	pause(operator: Operator): Promise<void>;
	resume(operator: Operator): Promise<void>;
};
