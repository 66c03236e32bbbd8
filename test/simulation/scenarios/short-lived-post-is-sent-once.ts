import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, post, type Scenario, twoSlowBinds } from "./scenario.ts";

/**
 * As replayed-post-is-sent-once, with messages that expire within a minute: they too wait for the submit that is
 * under way.
 */
export const scenario: Scenario = {
	...twoSlowBinds,
	script: {},
	act(world) {
		world.tasks.keep(2);
		for (let index = 1; index <= 10; index += 1) {
			const at = 40_000 + index * 2_000;
			const body = bodyTo(`7701${String(index).padStart(7, "0")}`, almatyText(world.settings.startAt + at + 45_000));
			doAt(world, at, "replay", async () => {
				await post(world, "replay", body, 40_000);
				await post(world, "replay", body, 40_000);
			});
		}
	},
};
