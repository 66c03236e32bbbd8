import { slotAt } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, expectStatusAt, post, postBatch, type Scenario } from "./scenario.ts";

const minuteMs = 60_000;

/**
 * A function dies right after it wrote the row of a scheduled message. A batch that names the message again finds it
 * stored, while Scheduler takes no alarm. The message is sent on time, by the alarm that the first function set.
 */
export const scenario: Scenario = {
	smsc: { undeliverable: 0, enRoute: 0 },
	script: {
		"post-message:BatchWriteItem:slots:PUT": [undefined, { kind: "death-after-effect", times: 1 }],
		"post-batch:CreateSchedule:schedules": [{ kind: "error", times: 4 }],
	},
	settings: { startAt: slotAt(Date.UTC(2027, 0, 4, 5, 0, 0)) },
	act(world) {
		const { settings, tasks } = world;
		const body = {
			...bodyTo("77010000001", almatyText(settings.startAt + 120 * minuteMs)),
			schedule: almatyText(settings.startAt + 30 * minuteMs),
		};
		tasks.keep(1);
		doAt(world, minuteMs, "hook", async () => {
			await post(world, "hook", body, 40_000);
			await postBatch(world, "hook", [body], false);
		});
		expectStatusAt(world, 33 * minuteMs, "77010000001", "DELIVERED");
	},
};
