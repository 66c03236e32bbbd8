import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, expectAnswer, post, postBatch, type Scenario } from "./scenario.ts";

/**
 * The container dies right after it stored the messages of a fail-fast batch. When the client repeats the batch, one of
 * its messages has expired, so the batch is refused. The other one can be sent by itself at once.
 */
export const scenario: Scenario = {
	script: { "post-batch:BatchExecuteStatement:messages:INSERT": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const { startAt } = world.settings;
		const other = bodyTo("77010000002", almatyText(startAt + 30 * 60_000));
		const messages = [bodyTo("77010000001", almatyText(startAt + 60_000)), other];
		world.tasks.keep(2);
		doAt(world, 40_000, "hook", async () => void (await postBatch(world, "hook", messages, true)));
		doAt(world, 65_000, "hook", async () => {
			expectAnswer(world, await postBatch(world, "hook", messages, true), 400);
			expectAnswer(world, await post(world, "hook", other, 40_000), 201);
		});
	},
};
