import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, postBatch, type Scenario, twoSlowBinds } from "./scenario.ts";

/** L3: only the last write of a batch fails, and its client repeats the request after the 503. */
export const scenario: Scenario = {
	...twoSlowBinds,
	script: { "post-batch:BatchWriteItem:batches:PUT": [{ kind: "error", times: 4 }] },
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const messages = Array.from({ length: 40 }, (_, index) =>
			bodyTo(`7701${String(index + 1).padStart(7, "0")}`, expireDate),
		);
		world.tasks.keep(2);
		doAt(world, 40_000, "hook", async () => {
			const first = await postBatch(world, "hook", messages, false);
			if (first.status >= 500) await postBatch(world, "hook", messages, false);
		});
	},
};
