import type * as z from "zod";
import { postMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { restAcceptanceOnAws } from "#shared/wiring/acceptance-on-aws.ts";
import { countsOnAws } from "#shared/wiring/counts-on-aws.ts";
import { admissionOnAws, limitsOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { postMessageEndpoint } from "./http/post-message-endpoint.ts";
import { countingRefusals } from "./metrics/counting-refusals.ts";
import { flushingCountsWhenDue } from "./metrics/flushing-counts.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** POST /messages: accepts a message, to be sent now or at its schedule (R7). */
export const handler = postMessageHandler(readEnv(postMessageEnv));

export function postMessageHandler(env: z.output<typeof postMessageEnv>) {
	const telemetry = telemetryOnAws(env, "post-message");
	const counts = countsOnAws(env, telemetry.log);
	const limits = limitsOnAws(env);
	const endpoint = postMessageEndpoint({
		gateway: restAcceptanceOnAws(env, { ...telemetry, counter: counts }),
		admitRequest: admissionOnAws(env, limits),
		limits,
		publicUrl: env.PUBLIC_URL,
	});
	const { metrics } = telemetry;
	return flushingMetrics(metrics, countingRefusals(metrics, flushingCountsWhenDue(counts, endpoint)));
}
