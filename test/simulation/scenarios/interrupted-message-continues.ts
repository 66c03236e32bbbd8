import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, expectAt, expectStatusAt, postAt, type Scenario, twoSlowBinds } from "./scenario.ts";

/**
 * The SMSC goes away while the third segment of a message is under way. The task that recorded how far the message came
 * dies before the SMSC is back. The next task submits the rest.
 */
export const scenario: Scenario = {
	...twoSlowBinds,
	smsc: { answerMs: [2_000, 2_100], undeliverable: 0, enRoute: 0 },
	script: {},
	act(world) {
		const { kernel, settings, smscs, tasks, submitsTo } = world;
		const recipient = "77010000001";
		const body = { ...bodyTo(recipient, almatyText(settings.startAt + 30 * 60_000)), message_text: "x".repeat(500) };
		tasks.keep(1);
		postAt(world, 40_000, "hook", body);
		kernel.at(settings.startAt + 45_000, undefined, () => smscs[0]?.goAway(40_000));
		kernel.at(settings.startAt + 60_000, undefined, () => {
			for (const task of tasks.running) kernel.kill(task);
		});
		const firstSegments = () => submitsTo.get(recipient)?.filter(({ segment }) => segment === 1).length;
		expectAt(world, 6 * 60_000, "submits of the first segment", firstSegments, 1);
		expectStatusAt(world, 6 * 60_000, recipient, "DELIVERED");
	},
};
