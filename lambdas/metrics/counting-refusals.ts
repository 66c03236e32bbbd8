import type { Metrics } from "#shared/metrics.ts";
import type { HttpResponse } from "../http/responses.ts";

/** A handler whose refusals are counted: messages come in by it. */
export function countingRefusals<Call extends readonly unknown[]>(
	metrics: Pick<Metrics, "count">,
	handle: (...call: Call) => Promise<HttpResponse>,
): (...call: Call) => Promise<HttpResponse> {
	return async (...call) => {
		const answer = await handle(...call);
		const { statusCode = 200 } = answer;
		if (statusCode === 429) metrics.count("ClientsThrottled", 1, "rest");
		if (statusCode >= 400 && statusCode < 500) metrics.count("RequestsRefused", 1, "rest");
		return answer;
	};
}
