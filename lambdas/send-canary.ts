import type * as z from "zod";
import { sendCanaryEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { httpCanaryApi } from "#shared/net/http-canary-api.ts";
import { sendCanary } from "#shared/usecases/canary/send-canary.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** Called every five minutes: sends a message through the public API as a client does, and checks the one before. */
export const handler = sendCanaryHandler(readEnv(sendCanaryEnv));

export function sendCanaryHandler(env: z.output<typeof sendCanaryEnv>) {
	const { log, metrics } = telemetryOnAws(env, "send-canary");
	const api = httpCanaryApi({
		url: env.PUBLIC_URL,
		userName: env.CANARY_ACCOUNT,
		password: env.CANARY_PASSWORD,
		sender: env.CANARY_SENDER,
		recipient: env.CANARY_NUMBER,
		limitMs: 10_000,
	});

	return flushingMetrics(metrics, async () => await sendCanary({ api, now: Date.now, log, metrics }));
}
