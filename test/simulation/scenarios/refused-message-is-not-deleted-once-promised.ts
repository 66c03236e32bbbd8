import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/**
 * SQS refuses the entry of the first request, and the deletion of its row is slow. Before it ends another request
 * gives the message a holder, and its client gets a success.
 */
export const scenario: Scenario = {
	script: {
		"post-message:SendMessageBatch:lane": [{ kind: "throttled", times: 1 }],
		"post-message:BatchExecuteStatement:messages:DELETE": [{ kind: "request-lost", times: 1 }],
	},
	act(world) {
		const body = bodyTo("77010000001", almatyText(world.settings.startAt + 30 * 60_000));
		world.tasks.keep(2);
		postAt(world, 40_000, "hook", body);
		postAt(world, 40_500, "hook", body);
	},
};
