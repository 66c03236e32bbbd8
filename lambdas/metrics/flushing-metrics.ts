import type { BufferedMetrics } from "#shared/aws/emf-metrics.ts";

/** A handler that writes its metrics after each call: Lambda may freeze or end a function between two calls. */
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
