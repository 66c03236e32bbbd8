import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/**
 * L1: SQS hangs on all four attempts of the first request. The client waits 4 s, repeats the request and gets a
 * success. Then the first request fails.
 */
export const scenario: Scenario = {
	script: { "post-message:SendMessageBatch:lane": [{ kind: "request-lost", times: 4 }] },
	act(world) {
		const { kernel, settings, tasks } = world;
		const body = bodyTo("77010000001", almatyText(settings.startAt + 30 * 60_000));
		postAt(world, 1_000, "hook", body, 4_000);
		postAt(world, 5_500, "hook", body);
		/* No message is submitted before the first request has ended. */
		kernel.after(60_000, undefined, () => tasks.keep(2));
	},
};
