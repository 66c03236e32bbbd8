import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, expectStatusAt, postAt, type Scenario } from "./scenario.ts";

/** Nothing goes wrong. The receipts of a long message come one by one. */
export const scenario: Scenario = {
	smsc: { undeliverable: 0, enRoute: 0 },
	script: {},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const body = { ...bodyTo("77010000001", expireDate), message_text: "x".repeat(500) };
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", body);
		expectStatusAt(world, 3 * 60_000, "77010000001", "DELIVERED");
	},
};
