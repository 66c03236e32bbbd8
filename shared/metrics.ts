import type { CountName, MeasureName } from "./domain/metrics.ts";

/** Collects metrics. `of` is the value of the metric's dimension, if it has one (`domain/metrics.ts`). */
export type Metrics = {
	count(name: CountName, by: number, of?: string): void;
	measure(name: MeasureName, value: number, of?: string): void;
};
