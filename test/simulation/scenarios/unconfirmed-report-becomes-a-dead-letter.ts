import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/** A webhook fails for more than a day. The report is tried again, by the queue and then by slots, and is kept at last. */
export const scenario: Scenario = {
	webhook: { fails: 1 },
	script: {},
	act(world) {
		const { kernel, settings, tasks } = world;
		const body = bodyTo("77010000001", almatyText(settings.startAt + 30 * 60_000));
		tasks.keep(1);
		postAt(world, 40_000, "hook", body);
		kernel.at(settings.startAt + 5 * 60_000, undefined, () => tasks.keep(0));
	},
};
