import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, post, postBatch, type Scenario } from "./scenario.ts";

/**
 * The container dies right after it stored the messages of a fail-fast batch. A minute later one of them comes in a
 * request by itself.
 */
export const scenario: Scenario = {
	script: { "post-batch:BatchExecuteStatement:messages:INSERT": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const messages = [bodyTo("77010000001", expireDate), bodyTo("77010000002", expireDate)] as const;
		world.tasks.keep(2);
		doAt(world, 40_000, "hook", async () => void (await postBatch(world, "hook", messages, true)));
		doAt(world, 110_000, "hook", async () => {
			const { status } = await post(world, "hook", messages[0], 40_000);
			if (status !== 201) world.failures.add("answer", `it was ${status} instead of 201`);
		});
	},
};
