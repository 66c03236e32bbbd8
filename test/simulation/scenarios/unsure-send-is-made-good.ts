import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, expectAnswer, post, type Scenario } from "./scenario.ts";

/**
 * SQS does not confirm the entry of a message, and takes another one. Of the next message it takes none at all, so the
 * message waits in a slot. Both are accepted, and sent.
 */
export const scenario: Scenario = {
	script: {
		"post-message:SendMessageBatch:lane": [
			{ kind: "answer-lost", times: 1 },
			undefined,
			{ kind: "request-lost", times: 1 },
			{ kind: "error", times: 4 },
		],
	},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 90 * 60_000);
		world.tasks.keep(1);
		for (const [index, recipient] of ["77010000001", "77010000002"].entries())
			doAt(world, 40_000 + index * 40_000, "hook", async () =>
				expectAnswer(world, await post(world, "hook", bodyTo(recipient, expireDate), 40_000), 201),
			);
	},
};
