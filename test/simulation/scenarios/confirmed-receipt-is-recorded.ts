import { commandStatuses } from "#smpp/wire/statuses.ts";
import { absoluteTime } from "#smpp/wire/times.ts";
import { tables } from "../world/deployment.ts";
import { expectAt, type Scenario } from "./scenario.ts";

/** A client confirms the receipt of its message in its SMPP session, and the gateway keeps that. */
export const scenario: Scenario = {
	smsc: { undeliverable: 0, enRoute: 0 },
	script: {},
	act(world) {
		const { acts, dynamo, esme, failures, kernel, settings, tasks } = world;
		tasks.keep(1);
		acts.left += 1;
		kernel.after(40_000, esme.process, () => {
			const fields = {
				source_addr: "SMSGW",
				destination_addr: "77010000001",
				registered_delivery: 1,
				validity_period: absoluteTime(settings.startAt + 60 * 60_000),
				short_message: Buffer.from("message"),
			};
			void esme.request("submit_sm", fields).then((answer) => {
				acts.left -= 1;
				const status = typeof answer === "object" ? answer.command_status : answer;
				if (status !== commandStatuses.ESME_ROK) failures.add("answer", `the submit got ${status}`);
			});
		});
		expectAt(world, 120_000, "the recorded confirmations", () => [...dynamo.items(tables.reports)].length, 1);
	},
};
