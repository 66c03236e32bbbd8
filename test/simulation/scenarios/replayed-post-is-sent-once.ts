import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, post, type Scenario, twoSlowBinds } from "./scenario.ts";

/**
 * A client with replays gets its 201 and repeats the request at once: the message is not recorded as sent yet. There
 * are no faults.
 */
export const scenario: Scenario = {
	...twoSlowBinds,
	script: {},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		world.tasks.keep(2);
		for (let index = 1; index <= 10; index += 1) {
			const body = bodyTo(`7701${String(index).padStart(7, "0")}`, expireDate);
			doAt(world, 40_000 + index * 2_000, "replay", async () => {
				await post(world, "replay", body, 40_000);
				await post(world, "replay", body, 40_000);
			});
		}
	},
};
