import type { Metrics } from "#shared/metrics.ts";

/** Figures that nobody looks at. */
export const discardedMetrics: Metrics = { count: () => undefined, measure: () => undefined };

/** Figures as a test reads them: each with the value of its dimension behind it, where it has one. */
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
