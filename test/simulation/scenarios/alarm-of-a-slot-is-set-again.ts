import { slotAt } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, expectStatusAt, postAt, type Scenario } from "./scenario.ts";

const minuteMs = 60_000;

/** Scheduler does not take the alarm of a slot. The next message of that slot sets it, and both are sent on time. */
export const scenario: Scenario = {
	smsc: { undeliverable: 0, enRoute: 0 },
	script: { "post-message:CreateSchedule:schedules": [{ kind: "error", times: 4 }] },
	settings: { startAt: slotAt(Date.UTC(2027, 0, 4, 5, 0, 0)) },
	act(world) {
		const { settings, tasks } = world;
		tasks.keep(1);
		for (const [index, recipient] of ["77010000001", "77010000002"].entries()) {
			const body = {
				...bodyTo(recipient, almatyText(settings.startAt + 120 * minuteMs)),
				schedule: almatyText(settings.startAt + 30 * minuteMs),
			};
			postAt(world, (1 + index) * minuteMs, "hook", body);
			expectStatusAt(world, 33 * minuteMs, recipient, "DELIVERED");
		}
	},
};
