import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, post, type Scenario } from "./scenario.ts";

/**
 * The container dies right after it stored the message. The container of the client's second attempt dies while it
 * queues the entry. The third attempt gives the message its holder.
 */
export const scenario: Scenario = {
	script: {
		"post-message:BatchExecuteStatement:messages:INSERT": [{ kind: "death-after-effect", times: 1 }],
		"post-message:SendMessageBatch:lane": [{ kind: "death-before", times: 1 }],
	},
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 30 * 60_000));
		world.tasks.keep(1);
		doAt(world, 40_000, "hook", async () => {
			for (let tries = 1; tries <= 3; tries += 1) await post(world, "hook", body, 40_000);
		});
	},
};
