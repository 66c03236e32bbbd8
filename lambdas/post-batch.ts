import type * as z from "zod";
import { postBatchEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { restAcceptanceOnAws } from "#shared/wiring/acceptance-on-aws.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { admissionOnAws, limitsOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { postBatchEndpoint } from "./http/post-batch-endpoint.ts";
import { countingRefusals } from "./metrics/counting-refusals.ts";
import { flushingCountsOfRequest } from "./metrics/flushing-counts.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** POST /batches: accepts up to a thousand messages. A fail-fast batch with an invalid message is refused (R10, R27, R28). */
export const handler = postBatchHandler(readEnv(postBatchEnv));

export function postBatchHandler(env: z.output<typeof postBatchEnv>) {
	const telemetry = telemetryOnAws(env, "post-batch");
	const counts = countsOnAws(env, telemetry.log);
	const limits = limitsOnAws(env);
	const endpoint = postBatchEndpoint({
		gateway: restAcceptanceOnAws(env, { ...telemetry, counter: counts }),
		admitRequest: admissionOnAws(env, limits),
		limits,
		publicUrl: env.PUBLIC_URL,
	});
	const { metrics } = telemetry;
	return flushingMetrics(metrics, countingRefusals(metrics, flushingCountsOfRequest(counts, endpoint)));
}
