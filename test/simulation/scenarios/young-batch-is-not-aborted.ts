import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, post, postBatch, type Scenario } from "./scenario.ts";

/**
 * The request that commits a fail-fast batch is lost, and the SDK repeats it two seconds later. Before that one of
 * its messages comes in a request by itself.
 */
export const scenario: Scenario = {
	script: { "post-batch:UpdateItem:batches": [{ kind: "request-lost", times: 1 }] },
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		const [first, second] = [bodyTo("77010000001", expireDate), bodyTo("77010000002", expireDate)];
		const expect = (status: number, expected: number) => {
			if (status !== expected) world.failures.add("answer", `it was ${status} instead of ${expected}`);
		};
		world.tasks.keep(2);
		doAt(world, 40_000, "hook", async () => {
			expect((await postBatch(world, "hook", [first, second], true)).status, 201);
		});
		doAt(world, 41_300, "hook", async () => expect((await post(world, "hook", first, 40_000)).status, 503));
	},
};
