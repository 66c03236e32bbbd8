import type * as z from "zod";
import { postMessageEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { restAcceptanceOnAws } from "#shared/wiring/acceptance-on-aws.ts";
import { tellingOnAws } from "#shared/wiring/figures-on-aws.ts";
import { entranceOnAws, limitsOnAws } from "#shared/wiring/limits-on-aws.ts";
import { countingRefusals } from "./figures/counting-refusals.ts";
import { tellingFigures } from "./figures/telling-figures.ts";
import { messageIntake } from "./http/message-intake.ts";

/** POST /messages: takes one message in, to go now or later (R7). */
export const handler = postMessageHandler(readEnv(postMessageEnv));

/** Makes the handler of one container: its clients and its caches are its own. */
export function postMessageHandler(env: z.output<typeof postMessageEnv>) {
	const telling = tellingOnAws(env, "post-message");
	const limits = limitsOnAws(env);

	return tellingFigures(
		telling.metrics,
		countingRefusals(
			telling.metrics,
			messageIntake({
				gateway: restAcceptanceOnAws(env, telling),
				enter: entranceOnAws(env, limits),
				limits,
				publicUrl: env.PUBLIC_URL,
			}),
		),
	);
}
