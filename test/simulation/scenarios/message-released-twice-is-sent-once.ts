import { slotAt } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario, twoSlowBinds } from "./scenario.ts";

/**
 * Messages wait for the morning. Their release from the slot is queued twice, because SQS does not respond at first.
 * An SMSC responds slowly.
 */
export const scenario: Scenario = {
	smsc: { answerMs: [26_000, 27_000] },
	script: { "check-due:SendMessageBatch:lane": Array.from({ length: 12 }, () => ({ kind: "answer-lost", times: 1 })) },
	/* Half an hour before the windows open. */
	settings: { ...twoSlowBinds.settings, startAt: slotAt(Date.UTC(2027, 0, 4, 3, 30, 0)) },
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 3 * 60 * 60_000);
		world.tasks.keep(2);
		for (let index = 1; index <= 12; index += 1) {
			const body = {
				...bodyTo(`7701${String(index).padStart(7, "0")}`, expireDate),
				time_bounds: "def",
				priority: index % 4,
			};
			postAt(world, 10_000 + index * 100, "hook", body);
		}
	},
};
