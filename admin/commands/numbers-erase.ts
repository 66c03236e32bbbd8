import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { dynamoIncoming } from "#shared/aws/dynamo/dynamo-incoming.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoNumberEraser } from "#shared/aws/dynamo/dynamo-number-eraser.ts";
import { dynamoNumbers } from "#shared/aws/dynamo/dynamo-numbers.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoSearchIndex } from "#shared/aws/dynamo/dynamo-search-index.ts";
import { sqsDeadEntries } from "#shared/aws/sqs/sqs-dead-entries.ts";
import { deadRole } from "#shared/contracts/resource-names.ts";
import { namesNumber } from "#shared/domain/numbers/erasure.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { walkDeadLetters } from "#shared/usecases/dead-letters/walk-dead-letters.ts";
import { type ErasureReport, eraseNumber } from "#shared/usecases/numbers/erase-number.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { count, mobileNumber } from "../inputs.ts";
import { asRecord } from "../output.ts";
import type { Target } from "../target.ts";

export const erase = command({
	call: "erase <msisdn>",
	description: "erase a subscriber's number and its texts, where they are found by it",
	notes: `Erased are the number and the text of its messages, in both directions, with their submissions; its counters of limits; and its row of
the porting table, unless it is blocked, since it must stay so. Asterisks take the place of the number. The rest of a message
stays, as a record without a person: account, sender, times, status.

A message that has not ended, or whose report is not confirmed, is left as it is and counted: it may still be sent, and its client
decides that. Run the command again when it has ended: last_ends_before is when all of them have, and are reported, at the
latest. A row that this version cannot read is left and counted too. The command may be stopped and run again at any time.

Not erased: client_message_ids, which clients choose; parts of long messages from subscribers, for 14 days; dead letters, for 14
days; rows from before the stage had a searchIndex, until their retention ends; logs and backups, as long as they are kept.
docs/restore.md says what to do after a restore.

Exit codes: 0 all that was found is erased, 1 something is left.`,
	options: [["--rows-per-second <n>", "upper limit (100)"]],
	example: "numbers erase 77010000000 --yes --stage prod",
	irreversible: "erases the number and its texts for good",
	input: z.object({
		msisdn: mobileNumber,
		rowsPerSecond: count(z.int().min(1, "a whole number, 1 or more")).default(100),
	}),
	async run({ msisdn, rowsPerSecond }, target) {
		if (target.settings?.searchIndex === false)
			throw new CommandError(
				`${target.prefix} keeps no index of numbers (searchIndex is false): rows go with their retention`,
			);
		const report = await eraseNumber(erasureOf(target, rowsPerSecond), msisdn);
		const deadLetters = {
			receipts: await lettersNaming(target, "receipts", msisdn),
			incoming: await lettersNaming(target, "incoming", msisdn),
		};
		const isLeft = report.messages.left + report.incoming.left + deadLetters.receipts + deadLetters.incoming > 0;
		return { ...asRecord({ msisdn, ...viewOf(report), dead_letters: deadLetters }), exitCode: isLeft ? 1 : 0 };
	},
});

function viewOf({ messages, incoming, numberRow }: ErasureReport) {
	const { found, erased, left, lastEndsAt, namedByClient } = messages;
	return {
		messages: {
			...{ found, erased, left },
			last_ends_before: lastEndsAt === null ? null : almatyText(lastEndsAt),
			client_ids_with_number: namedByClient,
		},
		incoming,
		number_row: numberRow,
	};
}

function erasureOf(target: Target, rowsPerSecond: number) {
	const { dynamo, log } = target;
	const tables = {
		messages: target.table("messages"),
		incoming: target.table("incoming"),
		submissions: target.table("submissions"),
		limits: target.table("limits"),
	};
	return {
		messages: dynamoMessages(dynamo, tables.messages, Date.now, log),
		incoming: dynamoIncoming(dynamo, tables.incoming, Date.now, log),
		reportBatches: dynamoReportBatches(dynamo, target.table("reports"), log),
		numbers: dynamoNumbers(dynamo, target.table("numbers"), log),
		byRecipient: dynamoSearchIndex(dynamo, tables.messages, "by-recipient"),
		incomingIndexes: (["incoming-by-sender", "incoming-by-recipient"] as const).map((name) =>
			dynamoSearchIndex(dynamo, tables.incoming, name),
		),
		eraser: dynamoNumberEraser(dynamo, tables, Date.now, log),
		now: Date.now,
		pause: async (ms: number) => await pause(ms),
		rowsPerSecond,
	};
}

/** Dead letters may have other numbers too, so they are counted and stay. */
async function lettersNaming(target: Target, role: string, msisdn: string): Promise<number> {
	let found = 0;
	const letters = sqsDeadEntries(target.sqs, await target.queueUrl(deadRole(role)));
	await walkDeadLetters(letters, Date.now, async (held) => {
		found += held.filter(({ body }) => namesNumber(body, msisdn)).length;
		return [];
	});
	return found;
}
