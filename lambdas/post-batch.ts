import type * as z from "zod";
import { batchBody } from "#shared/contracts/batch-body.ts";
import { postBatchEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { acceptBatch } from "#shared/usecases/accept-batch.ts";
import { restAcceptanceOnAws } from "#shared/wiring/acceptance-on-aws.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { entranceOnAws, limitsOnAws } from "#shared/wiring/limits-on-aws.ts";
import { countingRefusals } from "./figures/counting-refusals.ts";
import { tellingFigures } from "./figures/telling-figures.ts";
import { created, replayed } from "./http/answers.ts";
import { bodyOf } from "./http/body-of.ts";
import { accountOf, httpHandler } from "./http/http-handler.ts";
import { withinDay } from "./http/within-day.ts";

/** POST /batches: takes up to a thousand messages in, all of them or those that are good (R10, R27, R28). */
export const handler = postBatchHandler(readEnv(postBatchEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function postBatchHandler(env: z.output<typeof postBatchEnv>) {
	const telling = tellingOnAws(env, "post-batch");
	const gateway = restAcceptanceOnAws(env, telling);
	const limits = limitsOnAws(env);
	const enter = entranceOnAws(env, limits);

	return tellingFigures(
		telling.metrics,
		countingRefusals(
			telling.metrics,
			httpHandler(async (event) => {
				const account = await accountOf(event, enter);
				const request = bodyOf(event, batchBody);
				const count = request.items.length;
				const outcome = await withinDay(
					limits,
					account,
					count,
					async () => await acceptBatch(gateway, account, request),
				);
				if (outcome.kind === "refused") throw outcome.refusal;
				const location = `${env.PUBLIC_URL}/batches/${outcome.batchId}`;
				const body = { batch_id: String(outcome.batchId) };
				return outcome.kind === "replayed" ? replayed(location, body) : created(location, body);
			}),
		),
	);
}
