import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario, twoSlowBinds } from "./scenario.ts";

/**
 * SQS is out for 22 s, so no task can extend the visibility of its lane entries. An SMSC takes 28 s to respond, and
 * the records take seconds. When SQS is back, any task may receive the entries. No process died or was frozen, and
 * each response came in time.
 */
export const scenario: Scenario = {
	...twoSlowBinds,
	smsc: { answerMs: [28_000, 29_000] },
	script: {
		"smpp:ChangeMessageVisibilityBatch:lane": [{ kind: "outage", times: 1, ms: 22_500 }],
		"smpp:BatchWriteItem:submissions:PUT": Array.from({ length: 6 }, () => ({ kind: "request-lost", times: 4 })),
	},
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		world.tasks.keep(2);
		for (let index = 1; index <= 6; index += 1) {
			const body = bodyTo(`7701000000${index}`, expireDate);
			postAt(world, 40_000 + index * 500, "hook", body);
		}
	},
};
