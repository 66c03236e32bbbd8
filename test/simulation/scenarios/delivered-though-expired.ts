import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/**
 * The task dies after it recorded the SMSC's id, and before the message becomes SENT. When the lane entry is received
 * again, the message has expired. The SMSC's receipt says DELIVERED.
 */
export const scenario: Scenario = {
	script: { "smpp:BatchWriteItem:submissions:PUT": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 65_000));
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", body);
	},
};
