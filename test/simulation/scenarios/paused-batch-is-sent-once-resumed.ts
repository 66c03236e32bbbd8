import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, doAt, expectAt, expectStatusAt, postBatch, type Scenario } from "./scenario.ts";

const minuteMs = 60_000;
const recipients = ["77010000001", "77010000002"];

/**
 * A batch is paused while it waits in its lane, and set aside from slot to slot. The command that resumes it dies right
 * before it releases the messages, and is repeated; so their slots and two release entries name them. Another batch
 * passes meanwhile.
 */
export const scenario: Scenario = {
	smsc: { undeliverable: 0, enRoute: 0 },
	script: { "operator:SendMessageBatch:lane": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const { settings, kernel, tasks, batchOperator, submitsTo } = world;
		const expireDate = almatyText(settings.startAt + 120 * minuteMs);
		const post = async (to: readonly string[]) => {
			const bodies = to.map((recipient) => bodyTo(recipient, expireDate));
			const { batch_id } = (await postBatch(world, "hook", bodies, false)).body as { readonly batch_id: number };
			return Number(batch_id);
		};
		let paused = 0;
		doAt(world, 10_000, "hook", async () => {
			paused = await post(recipients);
			batchOperator.run("pause", paused);
		});
		kernel.at(settings.startAt + minuteMs, undefined, () => tasks.keep(1));
		doAt(world, 2 * minuteMs, "hook", async () => void (await post(["77010000003"])));
		expectStatusAt(world, 4 * minuteMs, "77010000003", "DELIVERED");
		for (const to of recipients) expectStatusAt(world, 40 * minuteMs, to, "NEW");
		kernel.at(settings.startAt + 41 * minuteMs, undefined, () => batchOperator.run("resume", paused));
		for (const to of recipients) {
			expectStatusAt(world, 43 * minuteMs, to, "DELIVERED");
			expectAt(world, 70 * minuteMs, `submits to ${to}`, () => submitsTo.get(to)?.length, 1);
		}
	},
};
