import type { Metrics } from "#shared/metrics.ts";
import type { HttpResponse } from "../http/responses.ts";

/** A handler that counts its refusals, for the requests that send messages. */
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
