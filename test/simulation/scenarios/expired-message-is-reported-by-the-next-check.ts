import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/** No receipt comes. The container that ends the message dies before it queues the report. */
export const scenario: Scenario = {
	smsc: { receiptNever: 1 },
	script: { "check-due:SendMessageBatch:reports": [{ kind: "death-before", times: 1 }] },
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 10 * 60_000));
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", body);
	},
};
