import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, postAt, type Scenario } from "./scenario.ts";

/**
 * A message expires in its lane, because no task runs. The task that ends it dies before it queues the report. The next
 * one finds the message ended.
 */
export const scenario: Scenario = {
	script: { "smpp:SendMessageBatch:reports": [{ kind: "death-before", times: 1 }] },
	act(world) {
		const { kernel, settings, tasks } = world;
		const body = bodyTo("77010000001", almatyText(settings.startAt + 60_000));
		postAt(world, 10_000, "hook", body);
		doAt(world, 70_000, "hook", async () => void kernel.at(kernel.now, undefined, () => tasks.keep(1)));
	},
};
