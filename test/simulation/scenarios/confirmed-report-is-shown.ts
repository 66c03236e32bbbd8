import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, expectAnswer, expectStatusAt, getByClientId, postAt, type Scenario } from "./scenario.ts";

/** A client confirms the report of a message, and reads the message: it says so (A38). */
export const scenario: Scenario = {
	smsc: { undeliverable: 0, enRoute: 0 },
	script: {},
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 30 * 60_000));
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", body);
		expectStatusAt(world, 100_000, "77010000001", "DELIVERED");
		doAt(world, 120_000, "hook", async () => {
			const answer = await getByClientId(world, "hook", body.client_message_id);
			expectAnswer(world, answer, 200);
			const { is_informed } = answer.body as { readonly is_informed?: unknown };
			if (is_informed !== "Y") world.failures.add("answer", `is_informed is ${is_informed}`);
		});
	},
};
