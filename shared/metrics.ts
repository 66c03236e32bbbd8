import type { CountName, MeasureName } from "./domain/metrics.ts";

/** Metrics for whoever watches, told now and then. `of` is the value of the metric's dimension, where it has one (`domain/metrics.ts`). */
export type Metrics = {
	/** So many more of what is counted. */
	count(name: CountName, by: number, of?: string): void;
	/** One measurement of what is measured. */
	measure(name: MeasureName, value: number, of?: string): void;
};
