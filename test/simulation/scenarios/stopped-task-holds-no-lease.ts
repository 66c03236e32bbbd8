import { tables } from "../world/deployment.ts";
import { expectAt, type Scenario } from "./scenario.ts";

const [rounds, roundMs, stopsAfterMs] = [40, 60_000, 40_000];

/**
 * A task is stopped again and again, at slightly different instants. Some of its leases are being renewed at that instant,
 * and are free all the same once it has stopped.
 */
export const scenario: Scenario = {
	settings: {
		operators: (["kcell", "beeline", "tele2", "altel"] as const).map((operator) => ({
			...{ operator, binds: 8, window: 10, tps: 100, receiptIds: "same" },
		})),
	},
	script: {},
	act(world) {
		const { dynamo, kernel, settings, tasks } = world;
		const heldBinds = () =>
			[...dynamo.items(tables.leases)]
				.filter(({ held_until }) => Number(held_until?.N) > kernel.now)
				.filter(({ lease }) => /#\d+$/.test(lease?.S ?? ""))
				.map(({ lease }) => lease?.S)
				.join();
		for (let round = 0; round < rounds; round += 1) {
			const startsMs = round * roundMs;
			kernel.at(settings.startAt + startsMs, undefined, () => tasks.keep(1));
			kernel.at(settings.startAt + startsMs + stopsAfterMs + round * 17, undefined, () => tasks.keep(0));
			expectAt(world, startsMs + stopsAfterMs + 10_000, "the leases held when no task runs", heldBinds, "");
		}
	},
};
