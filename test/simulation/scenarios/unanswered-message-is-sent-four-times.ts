import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/**
 * An SMSC accepts a message and never responds. It is submitted four times, then waits for its receipt or its expiry.
 */
export const scenario: Scenario = {
	smsc: { answersNever: 1, receiptNever: 1 },
	script: {},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 15 * 60_000);
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", bodyTo("77010000001", expireDate));
	},
};
