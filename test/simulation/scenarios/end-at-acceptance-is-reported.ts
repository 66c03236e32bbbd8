import { slotAt } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/**
 * The window of a message opens after its expiry, so the message ends when it is stored. The container dies before it
 * queues the report, and the client's retry is answered with success.
 */
export const scenario: Scenario = {
	script: { "post-message:BatchExecuteStatement:messages:INSERT": [{ kind: "death-after-effect", times: 1 }] },
	/* At night. */
	settings: { startAt: slotAt(Date.UTC(2027, 0, 4, 20, 0, 0)) },
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const body = { ...bodyTo("77010000001", expireDate), time_bounds: "def" };
		world.tasks.keep(2);
		postAt(world, 10_000, "replay", body);
		postAt(world, 15_000, "replay", body);
	},
};
