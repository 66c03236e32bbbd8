import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/** The task dies right after a message became SENT. Its lane entry is received again, and deleted. */
export const scenario: Scenario = {
	script: { "smpp:BatchExecuteStatement:messages:UPDATE": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 30 * 60_000));
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", body);
	},
};
