import type { GatheredMetrics } from "#shared/aws/emf-metrics.ts";

/** A handler that tells its figures after each call: between two calls a function may be frozen, or ended. */
export function tellingFigures<Call extends readonly unknown[], Answer>(
	metrics: Pick<GatheredMetrics, "flush">,
	handle: (...call: Call) => Promise<Answer>,
): (...call: Call) => Promise<Answer> {
	return async (...call) => {
		try {
			return await handle(...call);
		} finally {
			metrics.flush();
		}
	};
}
