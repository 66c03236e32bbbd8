import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { loginOf } from "../world/accounts.ts";
import { bodyTo, doAt, expectAnswer, expectStatusAt, postBatch, restClientOf, type Scenario } from "./scenario.ts";

const minuteMs = 60_000;

/**
 * A paused batch was set aside by the task. The function that withdraws it dies between its writes and the reports. The
 * client repeats the request.
 */
export const scenario: Scenario = {
	script: { "get-batch:BatchExecuteStatement:messages:UPDATE": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const { settings, kernel, tasks, batchOperator } = world;
		const expireDate = almatyText(settings.startAt + 120 * minuteMs);
		const recipients = ["77010000001", "77010000002"];
		let batchId = 0;
		doAt(world, 10_000, "hook", async () => {
			const bodies = recipients.map((recipient) => bodyTo(recipient, expireDate));
			const { batch_id } = (await postBatch(world, "hook", bodies, false)).body as { readonly batch_id: number };
			batchId = Number(batch_id);
			batchOperator.run("pause", batchId);
		});
		kernel.at(settings.startAt + minuteMs, undefined, () => tasks.keep(1));
		doAt(world, 3 * minuteMs, "hook", async () => {
			const { process } = restClientOf(world, "hook");
			const path = `/batches/${batchId}`;
			const pathParameters = { batch_id: String(batchId) };
			const request = { role: "get-batch", method: "DELETE", path, pathParameters, login: loginOf("hook") } as const;
			await world.api.ask(process, request, 40_000);
			const answer = await world.api.ask(process, request, 40_000);
			expectAnswer(world, answer, 200);
			world.clientPromises.batchWithdrawn(batchId, recipients.length);
			const { withdrawn } = answer.body as { readonly withdrawn?: unknown };
			if (withdrawn !== recipients.length) world.failures.add("answer", `${withdrawn} are withdrawn`);
		});
		kernel.at(settings.startAt + 5 * minuteMs, undefined, () => batchOperator.run("resume", batchId));
		for (const to of recipients) expectStatusAt(world, 30 * minuteMs, to, "DELETED");
	},
};
