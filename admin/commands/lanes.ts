import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { queueDepth } from "#shared/aws/sqs/sqs-depths.ts";
import { redrivenLaneEntry } from "#shared/aws/sqs/sqs-lanes.ts";
import { oldestSentAt } from "#shared/aws/sqs/sqs-oldest-entry.ts";
import { deadRole, laneRole } from "#shared/contracts/resource-names.ts";
import { type LaneName, lanes } from "#shared/domain/message/lanes.ts";
import { command } from "../command.ts";
import { asTable } from "../output.ts";
import type { Target } from "../target.ts";
import { redriven } from "./dead-letters.ts";

const names = lanes.map(({ name }) => name) as [LaneName, ...LaneName[]];
const laneName = z.enum(names, `one of ${names.join(", ")}`);

export async function depths(target: Target, role: (lane: LaneName) => string) {
	return await Promise.all(
		names.map(async (lane) => ({ lane, ...(await queueDepth(target.sqs, await target.queueUrl(role(lane)))) })),
	);
}

/** Age of each lane's oldest sampled entry; null if it has none. */
async function oldestSeconds(target: Target): Promise<readonly (number | null)[]> {
	const now = Date.now();
	return await Promise.all(
		names.map(async (lane) => {
			const sentAt = await oldestSentAt(target.sqs, await target.queueUrl(laneRole(lane)));
			return sentAt === null ? null : Math.max(0, Math.round((now - sentAt) / 1_000));
		}),
	);
}

const sampleText = "a number from 1 to 600";

const list = command({
	call: "list",
	isDefault: true,
	description: "count the entries of each lane, their age, and how fast they drain",
	notes:
		"An entry holds up to 25 messages. The counts are SQS's approximate counts. drains_per_second is the difference between two\ncounts; below 0 the lane grows. oldest_seconds is the age of the oldest of ten received entries, since SQS returns the\noldest first, roughly. Each use of --age adds a receive to those ten, of the thousand that an entry has.",
	options: [
		["--sample <seconds>", "count twice, this many seconds apart, and print the rate"],
		["--age", "receive some entries and print their age"],
	],
	example: "lanes list --sample 10 --age --stage prod",
	input: z.object({
		age: z.boolean().default(false),
		sample: z.coerce.number(sampleText).min(1, sampleText).max(600, sampleText).optional(),
	}),
	async run({ sample, age }, target) {
		const before = await depths(target, laneRole);
		if (sample !== undefined) await pause(sample * 1_000);
		const after = sample === undefined ? before : await depths(target, laneRole);
		const ages = age ? await oldestSeconds(target) : null;
		const rows = after.map((depth, index) => {
			const drained = entriesIn(before[index] ?? depth) - entriesIn(depth);
			return {
				...depthRow(depth),
				...(ages !== null && { oldest_seconds: ages[index] ?? null }),
				...(sample !== undefined && { drains_per_second: Math.round((drained / sample) * 10) / 10 }),
			};
		});
		return asTable(rows, "no lanes");
	},
});

type Depth = Awaited<ReturnType<typeof depths>>[number];

const entriesIn = ({ waiting, inFlight, delayed }: Depth) => waiting + inFlight + delayed;

const depthRow = ({ lane, waiting, inFlight, delayed }: Depth) => ({ lane, waiting, in_flight: inFlight, delayed });

const dead = command({
	call: "dead",
	description: "count the dead letters of each lane",
	notes:
		"A function takes them up and ends their messages. An entry that stays is not a lane entry, or the tables did not answer.",
	example: "lanes dead --stage prod",
	input: z.object({}),
	async run(_, target) {
		const rows = await depths(target, (lane) => deadRole(laneRole(lane)));
		return asTable(
			rows.map(({ lane, waiting, inFlight }) => ({ lane, dead: waiting, held: inFlight })),
			"no lanes",
		);
	},
});

const redriveDeadLetters = command({
	call: "redrive <lane>",
	description: "move a lane's dead letters back into the lane",
	notes: "Only messages that are neither sent nor expired are sent. An entry that is not a lane entry stays.",
	example: "lanes redrive kcell-urgent --stage prod",
	input: z.object({ lane: laneName }),
	run: async ({ lane }, target) => await redriven(target, laneRole(lane), redrivenLaneEntry),
});

export const laneCommands = [list, dead, redriveDeadLetters];
