import * as z from "zod";
import { redrivenReportsEntry } from "#shared/aws/sqs/sqs-reports.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { accountQueueRole } from "#shared/domain/accounts/account-queue.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName } from "../inputs.ts";
import { accountOf } from "./account-books.ts";
import { deadLetterDepth, redriven } from "./dead-letters.ts";

/** The dead letters of accounts' own queues: what a session was given a thousand times and never took. */

const input = z.object({ account: accountName });

/** @throws CommandError where the account's reports do not go by SMPP: nobody takes up what is in its queue then. */
function smppQueueRole({ userName, smpp }: Account): string {
	if (!smpp?.reportsQueueUrl) throw new CommandError(`the reports of ${userName} do not go by SMPP`);
	return accountQueueRole(userName);
}

const list = command({
	call: "list <account>",
	isDefault: true,
	description: "how many reports and messages for an account rest, and wait for its session",
	notes: "They rest 14 days.",
	example: "accounts smpp dead list kaspi --stage prod",
	input,
	run: async ({ account }, target) => await deadLetterDepth(target, smppQueueRole(await accountOf(target, account))),
});

const redriveDeadLetters = command({
	call: "redrive <account>",
	description: "gives an account's own queue its dead letters back, as if never tried",
	notes:
		"Its session gets them when it can take them. Each is queued before it is taken from where it rests. What is no report\nrests on.",
	example: "accounts smpp dead redrive kaspi --stage prod",
	input,
	run: async ({ account }, target) =>
		await redriven(target, smppQueueRole(await accountOf(target, account)), ({ body }) => redrivenReportsEntry(body)),
});

export const deadSmppCommands = [list, redriveDeadLetters];
