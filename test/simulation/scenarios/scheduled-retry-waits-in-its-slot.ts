import { slotAt } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, expectAt, expectStatusAt, post, type Scenario } from "./scenario.ts";

const minuteMs = 60_000;

/** A function dies right after it stored a scheduled message. The retry puts it into its slot, and into no lane. */
export const scenario: Scenario = {
	smsc: { undeliverable: 0, enRoute: 0 },
	script: { "post-message:BatchExecuteStatement:messages:INSERT": [{ kind: "death-after-effect", times: 1 }] },
	settings: { startAt: slotAt(Date.UTC(2027, 0, 4, 5, 0, 0)) },
	act(world) {
		const { kernel, settings, tasks } = world;
		const body = {
			...bodyTo("77010000001", almatyText(settings.startAt + 120 * minuteMs)),
			schedule: almatyText(settings.startAt + 30 * minuteMs),
		};
		doAt(world, minuteMs, "hook", async () => {
			await post(world, "hook", body, 40_000);
			await post(world, "hook", body, 40_000);
		});
		expectAt(world, 5 * minuteMs, "lane entries", world.laneEntries, 0);
		kernel.at(settings.startAt + 10 * minuteMs, undefined, () => tasks.keep(1));
		expectStatusAt(world, 33 * minuteMs, "77010000001", "DELIVERED");
	},
};
