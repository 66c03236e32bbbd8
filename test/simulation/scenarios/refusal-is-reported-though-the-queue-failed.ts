import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/** The SMSC refuses a message. Its end is written, and the reports queue does not take the report at first. */
export const scenario: Scenario = {
	smsc: { refuses: 1 },
	script: { "smpp:SendMessageBatch:reports": [{ kind: "error", times: 4 }] },
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 30 * 60_000));
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", body);
	},
};
