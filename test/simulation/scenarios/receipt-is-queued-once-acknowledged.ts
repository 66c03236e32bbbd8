import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/** The task dies while it queues a receipt. The SMSC has no deliver_sm_resp and sends the receipt again. */
export const scenario: Scenario = {
	smsc: { enRoute: 0, undeliverable: 0 },
	script: { "smpp:SendMessageBatch:receipts": [{ kind: "death-before", times: 1 }] },
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 30 * 60_000));
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", body);
	},
};
