import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, postBatch, type Scenario } from "./scenario.ts";

/**
 * The request that commits a fail-fast batch is lost, and the SDK repeats it two seconds later. Before that the client
 * repeats its own request. The abort by that attempt is lost too, and reaches the batch only after the commit.
 */
export const scenario: Scenario = {
	script: {
		"post-batch:UpdateItem:batches": [
			{ kind: "request-lost", times: 1 },
			{ kind: "request-lost", times: 1 },
		],
	},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const messages = [bodyTo("77010000001", expireDate), bodyTo("77010000002", expireDate)];
		world.tasks.keep(2);
		doAt(world, 40_000, "hook", async () => void (await postBatch(world, "hook", messages, true)));
		doAt(world, 41_300, "hook", async () => void (await postBatch(world, "hook", messages, true)));
	},
};
