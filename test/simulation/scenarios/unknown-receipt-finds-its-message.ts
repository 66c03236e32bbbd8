import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, expectStatusAt, postAt, type Scenario } from "./scenario.ts";

/** The SMSC accepts a message, never responds, and sends receipts of ids that the gateway does not know. */
export const scenario: Scenario = {
	smsc: { answersNever: 1, undeliverable: 0, enRoute: 0 },
	script: {},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", bodyTo("77010000001", expireDate));
		expectStatusAt(world, 10 * 60_000, "77010000001", "DELIVERED");
	},
};
