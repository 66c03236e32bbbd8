import { shortCode } from "../world/accounts.ts";
import { expectAt, type Scenario } from "./scenario.ts";

/**
 * A subscriber's message lacks its second part, which never comes: it is reported without. Another is to a number that
 * no client has: it becomes a dead letter.
 */
export const scenario: Scenario = {
	script: {},
	act(world) {
		const { kernel, reports, settings, smscs, tasks } = world;
		const [incomplete, unrouted] = ["77010000001", "77010000002"] as const;
		const parts = [Buffer.from("first "), Buffer.from("second")];
		tasks.keep(1);
		kernel.at(settings.startAt + 40_000, undefined, () => {
			smscs[0]?.sendMo({ reference: incomplete, sender: incomplete, shortCode, parts, missing: 1 });
			smscs[0]?.sendMo({ reference: unrouted, sender: unrouted, shortCode: "9999", parts: parts.slice(1) });
		});
		const isReported = () => reports.isMoTaken(incomplete);
		expectAt(world, 20 * 60_000, "the incomplete message is reported", isReported, true);
		expectAt(world, 20 * 60_000, "dead letters of incoming messages", () => world.entries("incoming-dead"), 1);
	},
};
