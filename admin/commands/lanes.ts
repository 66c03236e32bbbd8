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
const laneName = z.enum(names, `is none of ${names.join(", ")}`);

async function depths(target: Target, role: (lane: LaneName) => string) {
	return await Promise.all(
		names.map(async (lane) => ({ lane, ...(await queueDepth(target.sqs, await target.queueUrl(role(lane)))) })),
	);
}

/** Of each lane, how long the oldest has waited that is seen; null where none does. */
async function oldestSeconds(target: Target): Promise<readonly (number | null)[]> {
	const now = Date.now();
	return await Promise.all(
		names.map(async (lane) => {
			const sentAt = await oldestSentAt(target.sqs, await target.queueUrl(laneRole(lane)));
			return sentAt === null ? null : Math.max(0, Math.round((now - sentAt) / 1_000));
		}),
	);
}

const list = command({
	call: "list",
	isDefault: true,
	description: "how much waits in each lane, for how long, and how fast it drains",
	notes:
		"An entry holds up to 25 messages. Counts are SQS's own, which are rough. What drains is the net of what came\nand what went in the time between two counts; below 0 the lane fills. The age is the oldest's of ten that are\nlooked at: SQS gives about the oldest first. A look counts as one of the thousand receives of an entry.",
	options: [
		["--sample <seconds>", "count twice, so many seconds apart, for the rate (none is told without it)"],
		["--age", "look at some of what waits, for its age"],
	],
	example: "lanes list --sample 10 --age --stage prod",
	input: z.object({
		age: z.boolean().default(false),
		sample: z.coerce.number("must be a number").min(1, "must be 1 or more").max(600, "must be 600 or less").optional(),
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
		return asTable(rows, "there are no lanes");
	},
});

type Depth = Awaited<ReturnType<typeof depths>>[number];

const entriesIn = ({ waiting, inFlight, delayed }: Depth) => waiting + inFlight + delayed;

const depthRow = ({ lane, waiting, inFlight, delayed }: Depth) => ({ lane, waiting, in_flight: inFlight, delayed });

const dead = command({
	call: "dead",
	description: "how many dead letters each lane has",
	notes:
		"They are taken up by themselves, and their messages end; what stays is no entry, or came while the tables did not answer.",
	example: "lanes dead --stage prod",
	input: z.object({}),
	async run(_, target) {
		const rows = await depths(target, (lane) => deadRole(laneRole(lane)));
		return asTable(
			rows.map(({ lane, waiting, inFlight }) => ({ lane, dead: waiting, held: inFlight })),
			"there are no lanes",
		);
	},
});

const redriveDeadLetters = command({
	call: "redrive <lane>",
	description: "gives a lane its dead letters back",
	notes: "Only messages that have not gone and have not expired are sent. What is no lane entry rests where it is.",
	example: "lanes redrive kcell-urgent --stage prod",
	input: z.object({ lane: laneName }),
	run: async ({ lane }, target) => await redriven(target, laneRole(lane), redrivenLaneEntry),
});

export const laneCommands = [list, dead, redriveDeadLetters];
