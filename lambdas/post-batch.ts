import type * as z from "zod";
import { batchBody } from "#shared/contracts/batch-body.ts";
import { postBatchEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { restAcceptanceOnAws } from "#shared/wiring/acceptance-on-aws.ts";
import { admissionOnAws, limitsOnAws } from "#shared/wiring/limits-on-aws.ts";
import { telemetryOnAws } from "#shared/wiring/telemetry-on-aws.ts";
import { acceptWithinLimits } from "./http/accept-within-limits.ts";
import { authenticatedAccount, httpHandler } from "./http/http-handler.ts";
import { requestBody } from "./http/request-body.ts";
import { created, replayed } from "./http/responses.ts";
import { countingRefusals } from "./metrics/counting-refusals.ts";
import { flushingMetrics } from "./metrics/flushing-metrics.ts";

/** POST /batches: accepts up to a thousand messages. A fail-fast batch with an invalid message is refused (R10, R27, R28). */
export const handler = postBatchHandler(readEnv(postBatchEnv));

export function postBatchHandler(env: z.output<typeof postBatchEnv>) {
	const telemetry = telemetryOnAws(env, "post-batch");
	const gateway = restAcceptanceOnAws(env, telemetry);
	const limits = limitsOnAws(env);
	const admitRequest = admissionOnAws(env, limits);

	return flushingMetrics(
		telemetry.metrics,
		countingRefusals(
			telemetry.metrics,
			httpHandler(async (event) => {
				const account = await authenticatedAccount(event, admitRequest);
				const request = requestBody(event, batchBody);
				const outcome = await acceptWithinLimits(gateway, limits, account, request);
				if (outcome.kind === "refused") throw outcome.refusal;
				const location = `${env.PUBLIC_URL}/batches/${outcome.batchId}`;
				const body = { batch_id: String(outcome.batchId) };
				return outcome.kind === "replayed" ? replayed(location, body) : created(location, body);
			}),
		),
	);
}
