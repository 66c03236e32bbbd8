import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, expectStatusAt, post, type Scenario } from "./scenario.ts";

/**
 * SQS takes the first entry of a message after its sender has given up and sent an `again` entry. That one is received
 * first, and waits a minute for a submit of the first entry. The first entry comes and submits at once.
 */
export const scenario: Scenario = {
	script: { "post-message:SendMessageBatch:lane": [{ kind: "late-effect", times: 1 }] },
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const recipient = "77010000001";
		world.tasks.keep(2);
		doAt(world, 40_000, "hook", async () => void (await post(world, "hook", bodyTo(recipient, expireDate), 40_000)));
		expectStatusAt(world, 40_000 + 40_000, recipient, "DELIVERED");
	},
};
