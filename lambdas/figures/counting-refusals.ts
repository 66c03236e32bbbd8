import type { Metrics } from "#shared/ports.ts";
import type { HttpAnswer } from "../http/answers.ts";

/** A handler whose refusals are counted: it is a door that messages come in by. */
export function countingRefusals<Call extends readonly unknown[]>(
	metrics: Pick<Metrics, "count">,
	handle: (...call: Call) => Promise<HttpAnswer>,
): (...call: Call) => Promise<HttpAnswer> {
	return async (...call) => {
		const answer = await handle(...call);
		const { statusCode = 200 } = answer;
		if (statusCode === 429) metrics.count("ClientsThrottled", 1, "rest");
		if (statusCode >= 400 && statusCode < 500) metrics.count("RequestsRefused", 1, "rest");
		return answer;
	};
}
