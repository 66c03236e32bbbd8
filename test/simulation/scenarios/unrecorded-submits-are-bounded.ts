import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, post, type Scenario } from "./scenario.ts";

/**
 * For a while no submit can be recorded. The task submits a window and a quarter of a second's rate, and no more. Then it
 * dies, and only these few are submitted again.
 */
export const scenario: Scenario = {
	settings: { operators: [{ operator: "kcell", binds: 1, window: 2, tps: 4, receiptIds: "same" }] },
	script: { "smpp:BatchWriteItem:submissions:PUT": [{ kind: "outage", times: 1, ms: 30_000 }] },
	act(world) {
		const { kernel, settings, tasks } = world;
		const expireDate = almatyText(settings.startAt + 60 * 60_000);
		tasks.keep(1);
		for (let index = 1; index <= 30; index += 1) {
			const body = bodyTo(`7701${String(index).padStart(7, "0")}`, expireDate);
			doAt(world, 40_000 + index * 50, "hook", async () => void (await post(world, "hook", body, 40_000)));
		}
		kernel.at(settings.startAt + 55_000, undefined, () => {
			for (const task of tasks.running) kernel.kill(task);
		});
	},
};
