import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { laneDeadUrls, laneQueueUrls } from "../world/deployment.ts";
import { bodyTo, doAt, post, type Scenario } from "./scenario.ts";

/**
 * The lane entry of a message that has expired is among the dead letters. A function dies right after it ended the message, before it queues
 * the report.
 */
export const scenario: Scenario = {
	script: { "lane-dead-letters:BatchExecuteStatement:messages:UPDATE": [{ kind: "death-after-effect", times: 1 }] },
	act(world) {
		const { kernel, settings, sqs, tasks } = world;
		const body = bodyTo("77010000001", almatyText(settings.startAt + 10 * 60_000));
		doAt(world, 40_000, "hook", async () => void (await post(world, "hook", body, 40_000)));
		kernel.at(settings.startAt + 11 * 60_000, undefined, () => {
			for (const [index, url] of Object.values(laneQueueUrls).entries())
				for (const { body } of sqs.entries(url))
					sqs.execute("SendMessage", { QueueUrl: laneDeadUrls[index], MessageBody: body }, kernel.now);
		});
		kernel.at(settings.startAt + 20 * 60_000, undefined, () => tasks.keep(1));
	},
};
