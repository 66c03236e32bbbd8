import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/** L2: the container dies right after it stored the message. Its client asks again within a minute, and hears 23 with the id. */
export const scenario: Scenario = {
	script: { "post-message:BatchExecuteStatement:messages:INSERT": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 30 * 60_000));
		world.tasks.keep(2);
		postAt(world, 10_000, "hook", body);
		postAt(world, 15_000, "hook", body);
	},
};
