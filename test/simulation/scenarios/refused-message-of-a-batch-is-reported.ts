import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, postBatch, type Scenario } from "./scenario.ts";

/**
 * A tolerant batch has a message that may not be sent. The container dies after it stored that message as ended, and
 * before it queues the report. The client repeats the batch.
 */
export const scenario: Scenario = {
	script: {
		"post-batch:BatchExecuteStatement:messages:INSERT": [undefined, { kind: "death-after-effect", times: 1 }],
	},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const messages = [bodyTo("77010000001", expireDate), { ...bodyTo("77010000002", expireDate), sender: "NOBODY" }];
		world.tasks.keep(1);
		doAt(world, 40_000, "hook", async () => void (await postBatch(world, "hook", messages, false)));
		doAt(world, 50_000, "hook", async () => void (await postBatch(world, "hook", messages, false)));
	},
};
