import type { Operator } from "../../domain/message/operators.ts";

/** What is paused: nothing of it is submitted until it is resumed. */
export type Paused = { readonly operators: ReadonlySet<Operator>; readonly batches: ReadonlySet<number> };

/** Keeps what is paused. Tasks stop submitting when they next read it. Each call may be repeated. */
export type OperatorSwitches = {
	/** Of operators and batches, in one call. */
	paused(): Promise<Paused>;
	pause(operator: Operator): Promise<void>;
	resume(operator: Operator): Promise<void>;
	/**
	 * @param until the batch's retention: after it, the pause ends by itself.
	 * @returns false if too many batches are paused.
	 */
	pauseBatch(batchId: number, until: number, now: number): Promise<boolean>;
	resumeBatch(batchId: number, now: number): Promise<void>;
};
