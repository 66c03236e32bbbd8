import { commandStatuses } from "#smpp/wire/statuses.ts";
import { absoluteTime } from "#smpp/wire/times.ts";
import type { World } from "../world/world.ts";
import type { Scenario } from "./scenario.ts";

/**
 * A client with a quota of two messages a day submits three that are refused, then three valid ones. The first two of
 * those are accepted.
 */
export const scenario: Scenario = {
	settings: { messagesPerDay: 2 },
	script: {},
	act(world) {
		const { acts, esme, kernel, tasks } = world;
		tasks.keep(1);
		acts.left += 1;
		kernel.after(40_000, esme.process, () => {
			void submitAll(world).finally(() => {
				acts.left -= 1;
			});
		});
	},
};

async function submitAll(world: World): Promise<void> {
	for (let index = 1; index <= 3; index += 1) await submit(world, "NOBODY", index);
	const statuses = [];
	for (let index = 4; index <= 6; index += 1) statuses.push(await submit(world, "SMSGW", index));
	const { ESME_ROK, ESME_RTHROTTLED } = commandStatuses;
	if (statuses.join() !== [ESME_ROK, ESME_ROK, ESME_RTHROTTLED].join())
		world.failures.add(
			"quota",
			`two of three messages should be accepted, and the statuses were ${statuses.join(", ")}`,
		);
}

async function submit({ kernel, esme }: World, sender: string, index: number): Promise<number> {
	const answer = await esme.request("submit_sm", {
		source_addr: sender,
		destination_addr: `7701000000${index}`,
		validity_period: absoluteTime(kernel.now + 30 * 60_000),
		short_message: Buffer.from("message"),
	});
	return answer === "unknown" ? -1 : answer.command_status;
}
