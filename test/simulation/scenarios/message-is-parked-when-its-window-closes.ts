import { slotAt } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, expectStatusAt, postAt, type Scenario } from "./scenario.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The window of a message closes while it waits in its lane, because no task runs. It is sent the next morning. */
export const scenario: Scenario = {
	smsc: { undeliverable: 0, enRoute: 0 },
	script: {},
	/* A quarter of an hour before the window closes, and fifteen and a quarter before it opens. */
	settings: { startAt: slotAt(Date.UTC(2027, 0, 4, 12, 45, 0)) },
	act(world) {
		const { kernel, settings, tasks } = world;
		const body = { ...bodyTo("77010000001", almatyText(settings.startAt + 20 * hourMs)), time_bounds: "def" };
		postAt(world, 10_000, "hook", body);
		for (const [afterMs, count] of [
			[16 * minuteMs, 1],
			[20 * minuteMs, 0],
			[15 * hourMs, 1],
		] as const)
			kernel.at(settings.startAt + afterMs, undefined, () => tasks.keep(count));
		expectStatusAt(world, 16 * hourMs, "77010000001", "DELIVERED");
	},
};
