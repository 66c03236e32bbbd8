import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { dynamoLeases } from "#shared/aws/dynamo/dynamo-leases.ts";
import { queueDepth } from "#shared/aws/sqs/sqs-depths.ts";
import { redrivenLaneEntry } from "#shared/aws/sqs/sqs-lanes.ts";
import { oldestSentAt } from "#shared/aws/sqs/sqs-oldest-entry.ts";
import { type LaneNote, laneNoteText } from "#shared/contracts/lane-note.ts";
import { deadRole, laneRole } from "#shared/contracts/resource-names.ts";
import { receivedLease } from "#shared/domain/lease-names.ts";
import { type LaneName, lanes } from "#shared/domain/message/lanes.ts";
import { type Operator, operators } from "#shared/domain/message/operators.ts";
import { command } from "../command.ts";
import { count } from "../inputs.ts";
import { asTable, type CommandOutcome } from "../output.ts";
import type { Target } from "../target.ts";
import { accountShares, type LaneDepth, type LanesLook, lanesTable } from "../views/lanes-table.ts";
import { redriven } from "./dead-letters.ts";

const names = lanes.map(({ name }) => name) as [LaneName, ...LaneName[]];
const laneName = z.enum(names, `one of ${names.join(", ")}`);

async function depths(target: Target, role: (lane: LaneName) => string): Promise<ReadonlyMap<LaneName, LaneDepth>> {
	const all = await Promise.all(
		names.map(async (lane) => [lane, await queueDepth(target.sqs, await target.queueUrl(role(lane)))] as const),
	);
	return new Map(all);
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

/** What the tasks have published of the lanes of each operator. */
export async function readLaneNotes(target: Target): Promise<Partial<Record<Operator, LaneNote>>> {
	const leases = dynamoLeases(target.dynamo, target.table("leases"), target.log);
	const notes = await leases.notes(operators.map(receivedLease), Date.now());
	return Object.fromEntries(
		operators.flatMap((operator) => {
			const { success, data } = laneNoteText.safeParse(notes.get(receivedLease(operator))?.note);
			return success ? [[operator, data]] : [];
		}),
	);
}

export async function lookAtLanes(target: Target): Promise<LanesLook> {
	return { at: Date.now(), depths: await depths(target, laneRole) };
}

const sampleText = "a number from 1 to 600";
const seconds = z.coerce.number(sampleText).min(1, sampleText).max(600, sampleText);

/** The rate is measured over so many looks. */
const looksKept = 10;

const list = command({
	call: "list",
	isDefault: true,
	description: "show how many messages wait in each lane, how fast it drains, and when it is empty",
	notes: `waiting, in_flight and delayed are entries of up to 25 messages, by SQS's approximate counts. messages is an estimate: entries
times the mean size of those that a task received lately; "-" if none did. drains_per_second is the difference between two
looks, in messages, or in entries if their size is not known; below 0 the lane grows. empty_in_seconds goes by it.
oldest_seconds is the age of the oldest of ten received entries, since SQS returns the oldest first, roughly. Each use of
--age adds a receive to those ten, of the thousand that an entry has. --accounts shows whose messages the tasks received
lately, the five largest accounts of each operator, with their shares.`,
	options: [
		["--sample <seconds>", "look twice, this many seconds apart, and print the rate"],
		["--watch [seconds]", "look again and again, this many seconds apart (2), until interrupted"],
		["--looks <n>", "with --watch, end after so many looks"],
		["--age", "receive some entries and print their age"],
		["--accounts", "print the shares of accounts instead"],
	],
	example: "lanes list --watch 5 --stage prod",
	input: z.object({
		age: z.boolean().default(false),
		accounts: z.boolean().default(false),
		sample: seconds.optional(),
		watch: z.union([z.literal(true).transform(() => 2), seconds], sampleText).optional(),
		looks: count(z.int().min(1, "a whole number, 1 or more")).optional(),
	}),
	async run({ sample, watch, looks: looksMax = Number.POSITIVE_INFINITY, age, accounts }, target, print) {
		if (accounts) return asTable(accountShares(await readLaneNotes(target)), "no task has received messages lately");
		if (watch !== undefined) return await watched({ everySeconds: watch, looksMax, age }, target, print);
		const first = await lookAtLanes(target);
		if (sample === undefined) return await tableOf(target, [first], age);
		await pause(sample * 1_000);
		return await tableOf(target, [first, await lookAtLanes(target)], age);
	},
});

type Watching = { readonly everySeconds: number; readonly looksMax: number; readonly age: boolean };

/** Prints each look but the last, which it returns. */
async function watched(
	{ everySeconds, looksMax, age }: Watching,
	target: Target,
	print: (outcome: CommandOutcome) => void,
): Promise<CommandOutcome> {
	const looks: [LanesLook, ...LanesLook[]] = [await lookAtLanes(target)];
	for (let seen = 1; seen < looksMax; seen += 1) {
		print(redrawn(await tableOf(target, looks, age)));
		await pause(everySeconds * 1_000);
		looks.push(await lookAtLanes(target));
		if (looks.length > looksKept) looks.shift();
	}
	return redrawn(await tableOf(target, looks, age));
}

async function tableOf(target: Target, looks: readonly [LanesLook, ...LanesLook[]], age: boolean) {
	const rows = lanesTable(looks, await readLaneNotes(target));
	const ages = age ? await oldestSeconds(target) : null;
	const isMeasured = looks.length > 1;
	return asTable(
		rows.map(({ drains_per_second, empty_in_seconds, ...row }, index) => ({
			...row,
			...(ages !== null && { oldest_seconds: ages[index] ?? null }),
			...(isMeasured && { drains_per_second, empty_in_seconds }),
		})),
		"no lanes",
	);
}

/** On a terminal, in the place of the table before. */
function redrawn(outcome: CommandOutcome): CommandOutcome {
	const clear = process.stdout.isTTY ? "\u001b[H\u001b[2J\u001b[3J" : "";
	return { ...outcome, text: `${clear}${outcome.text}` };
}

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
			[...rows].map(([lane, { waiting, inFlight }]) => ({ lane, dead: waiting, held: inFlight })),
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
