import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, post, type Scenario, twoSlowBinds } from "./scenario.ts";

/**
 * The entry of the first request is queued, but SQS does not confirm it and accepts no other: the request fails,
 * because its message is urgent. The message is then being submitted to a slow SMSC. The client repeats the request.
 */
export const scenario: Scenario = {
	...twoSlowBinds,
	smsc: { answerMs: [26_000, 27_000] },
	script: {
		"post-message:SendMessageBatch:lane": [
			{ kind: "answer-lost", times: 1 },
			{ kind: "error", times: 4 },
		],
	},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const body = { ...bodyTo("77010000001", expireDate), priority: 3 };
		world.tasks.keep(2);
		doAt(world, 40_000, "hook", async () => {
			await post(world, "hook", body, 40_000);
			await post(world, "hook", body, 40_000);
		});
	},
};
