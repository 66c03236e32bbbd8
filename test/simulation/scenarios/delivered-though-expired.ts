import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, post, type Scenario } from "./scenario.ts";

/**
 * The task dies after it wrote what the SMSC's id stands for, and before the message says that it was sent. When its lane entry comes again the
 * message has expired; its SMSC's receipt says that it was delivered.
 */
export const scenario: Scenario = {
	script: { "smpp:BatchWriteItem:submissions:PUT": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 65_000));
		world.tasks.keep(1);
		doAt(world, 40_000, "hook", async () => void (await post(world, "hook", body, 40_000)));
	},
};
