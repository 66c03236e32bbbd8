import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, expectAnswer, getByClientId, post, type Scenario } from "./scenario.ts";

/** SQS refuses the entry of a message. Its client hears 503, and then that there is no such message. */
export const scenario: Scenario = {
	script: { "post-message:SendMessageBatch:lane": [{ kind: "throttled", times: 1 }] },
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 30 * 60_000));
		world.tasks.keep(1);
		doAt(world, 40_000, "hook", async () => {
			expectAnswer(world, await post(world, "hook", body, 40_000), 503);
			expectAnswer(world, await getByClientId(world, "hook", body.client_message_id), 404);
		});
	},
};
