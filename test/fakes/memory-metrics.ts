import type { Metrics } from "#shared/metrics.ts";

export const discardedMetrics: Metrics = { count: () => undefined, measure: () => undefined };

/** Metrics as text: each followed by the value of its dimension, if it has one. */
export function memoryMetrics(): Metrics & {
	readonly counted: Record<string, number>;
	readonly measured: Record<string, number[]>;
} {
	const counted: Record<string, number> = {};
	const measured: Record<string, number[]> = {};
	const named = (name: string, of: string | undefined) => (of === undefined ? name : `${name} ${of}`);
	return {
		counted,
		measured,
		count(name, by, of) {
			counted[named(name, of)] = (counted[named(name, of)] ?? 0) + by;
		},
		measure(name, value, of) {
			measured[named(name, of)] = [...(measured[named(name, of)] ?? []), value];
		},
	};
}
