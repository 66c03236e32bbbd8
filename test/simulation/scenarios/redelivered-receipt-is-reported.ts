import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { bodyTo, postAt, type Scenario } from "./scenario.ts";

/**
 * A container knows that the SMSC writes ids in hexadecimal, and dies between a message's end and its report. The
 * entry is delivered again to a container that does not know it and queues the receipt again as a new entry. That
 * entry must not count as received for the first time.
 */
export const scenario: Scenario = {
	settings: {
		operators: [{ operator: "kcell", binds: 1, window: 10, tps: 100, receiptIds: "hex" }],
		trafficMs: 260_000,
	},
	smsc: { enRoute: 0, undeliverable: 0 },
	script: { "receipts:SendMessageBatch:reports": [undefined, { kind: "death-before", times: 1 }] },
	act(world) {
		const expireDate = almatyText(world.settings.startAt + 30 * 60_000);
		world.tasks.keep(1);
		postAt(world, 40_000, "hook", bodyTo("77010000001", expireDate));
		postAt(world, 240_000, "hook", bodyTo("77010000002", expireDate));
	},
};
