import type { BufferedMetrics } from "#shared/aws/emf-metrics.ts";

/** A handler that tells its metrics after each call: between two calls a function may be frozen, or ended. */
export function flushingMetrics<Call extends readonly unknown[], Answer>(
	metrics: Pick<BufferedMetrics, "flush">,
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
