import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario, twoSlowBinds } from "./scenario.ts";

/**
 * An SMSC accepts a message and never responds. The task is frozen right before it counts the repeat. Another task
 * counts the same repeat and submits it. When the first task goes on, its count is too old for a submit. Then both die,
 * so only the row knows the count.
 */
export const scenario: Scenario = {
	...twoSlowBinds,
	smsc: { answersNever: 1, receiptNever: 1 },
	script: { "smpp:UpdateItem:submissions": [{ kind: "freeze-after-effect", times: 1, ms: 38_000 }] },
	act(world) {
		const { kernel, settings, tasks } = world;
		const body = bodyTo("77010000001", almatyText(settings.startAt + 30 * 60_000));
		tasks.keep(2);
		postAt(world, 40_000, "hook", body);
		kernel.at(settings.startAt + 112_000, undefined, () => {
			for (const task of tasks.running) kernel.kill(task);
		});
	},
};
