import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario, twoSlowBinds } from "./scenario.ts";

/**
 * A task is frozen after the first segment of a message, and another task submits the whole message. The first task
 * records its segments meanwhile, and receipts of either copy come before the other task has submitted the last one.
 */
export const scenario: Scenario = {
	...twoSlowBinds,
	smsc: { answerMs: [6_000, 6_100], receiptMs: [500, 1_000], undeliverable: 0 },
	script: { "smpp:BatchWriteItem:submissions:PUT": [{ kind: "freeze-after-effect", times: 1, ms: 28_000 }] },
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const body = { ...bodyTo("77010000001", expireDate), message_text: "x".repeat(500) };
		world.tasks.keep(2);
		postAt(world, 40_000, "hook", body);
	},
};
