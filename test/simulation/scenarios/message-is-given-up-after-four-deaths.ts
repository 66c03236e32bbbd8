import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

const dies = { kind: "death-after-effect", times: 1 } as const;

/**
 * One task after the other dies before it submits a message: the first right after it read it, the others right after
 * each counted its submit. All repeats are used up, so the message ends EXPIRED, and is reported.
 */
export const scenario: Scenario = {
	script: {
		"smpp:BatchGetItem:messages": [dies],
		"smpp:BatchExecuteStatement:messages:UPDATE": [undefined, dies, dies, dies],
	},
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 90 * 60_000));
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", body);
	},
};
