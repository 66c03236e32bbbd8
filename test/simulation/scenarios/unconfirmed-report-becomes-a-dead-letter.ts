import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { tables } from "../world/deployment.ts";
import { bodyTo, expectAt, postAt, type Scenario } from "./scenario.ts";

/** A webhook fails for more than a day. The report is tried again, by the queue and then by slots, and is kept at last. */
export const scenario: Scenario = {
	webhook: { fails: 1 },
	script: {},
	act(world) {
		const { dynamo, kernel, settings, tasks } = world;
		const reportRows = () => [...dynamo.items(tables.slots)].filter(({ id }) => id?.S?.startsWith("report-")).length;
		const body = bodyTo("77010000001", almatyText(settings.startAt + 30 * 60_000));
		tasks.keep(1);
		postAt(world, 40_000, "hook", body);
		/* The first waits are short, and are spent in the queue alone. */
		expectAt(world, 90_000, "the reports that wait in slots", reportRows, 0);
		kernel.at(settings.startAt + 5 * 60_000, undefined, () => tasks.keep(0));
	},
};
