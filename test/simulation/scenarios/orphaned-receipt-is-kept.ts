import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, expectAt, postAt, type Scenario } from "./scenario.ts";

/** The SMSC accepts a long message and never responds. Its receipts match nothing, and become dead letters. */
export const scenario: Scenario = {
	smsc: { answersNever: 1, undeliverable: 0, enRoute: 0 },
	script: {},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 15 * 60_000);
		const body = { ...bodyTo("77010000001", expireDate), message_text: "x".repeat(200) };
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", body);
		const isKept = () => world.entries("receipts-dead") > 0;
		expectAt(world, 40 * 60_000, "a dead letter of receipts", isKept, true);
	},
};
