import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, post, type Scenario } from "./scenario.ts";

/**
 * The container dies right after it stored the message. SQS hangs when the client repeats the request: the client
 * must not get a success.
 */
export const scenario: Scenario = {
	script: {
		"post-message:BatchExecuteStatement:messages:INSERT": [{ kind: "death-after-effect", times: 1 }],
		"post-message:SendMessageBatch:lane": [{ kind: "request-lost", times: 4 }],
	},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const body = { ...bodyTo("77010000001", expireDate), priority: 3 };
		world.tasks.keep(1);
		doAt(world, 40_000, "hook", async () => {
			await post(world, "hook", body, 40_000);
			await post(world, "hook", body, 40_000);
		});
	},
};
