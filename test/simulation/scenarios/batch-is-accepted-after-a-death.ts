import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, expectAnswer, postBatch, type Scenario } from "./scenario.ts";

/** The container dies right after it stored the messages of a fail-fast batch. The client's retry is accepted. */
export const scenario: Scenario = {
	script: { "post-batch:BatchExecuteStatement:messages:INSERT": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const messages = [bodyTo("77010000001", expireDate), bodyTo("77010000002", expireDate)];
		world.tasks.keep(2);
		doAt(world, 40_000, "hook", async () => void (await postBatch(world, "hook", messages, true)));
		doAt(world, 50_000, "hook", async () => expectAnswer(world, await postBatch(world, "hook", messages, true), 201));
	},
};
