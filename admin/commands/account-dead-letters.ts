import * as z from "zod";
import { redrivenReportsEntry } from "#shared/aws/sqs/sqs-reports.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { accountQueueRole } from "#shared/domain/accounts/account-queue.ts";
import { command } from "../command.ts";
import { CommandError } from "../errors.ts";
import { accountName } from "../inputs.ts";
import { accountOf } from "./account-repositories.ts";
import { deadLetterDepth, redriven } from "./dead-letters.ts";

/** Dead letters of the accounts' own queues: reports that no session confirmed in a thousand deliveries. */

const input = z.object({ account: accountName });

/** @throws CommandError if the account's reports do not go by SMPP, since no task then reads its queue. */
function smppQueueRole({ userName, smpp }: Account): string {
	if (!smpp?.reportsQueueUrl) throw new CommandError(`the reports of ${userName} do not go by SMPP`);
	return accountQueueRole(userName);
}

const list = command({
	call: "list <account>",
	isDefault: true,
	description: "count an account's dead letters, and what waits for its session",
	notes: "Dead letters are kept for 14 days.",
	example: "accounts smpp dead list kaspi --stage prod",
	input,
	run: async ({ account }, target) => await deadLetterDepth(target, smppQueueRole(await accountOf(target, account))),
});

const redriveDeadLetters = command({
	call: "redrive <account>",
	description: "move an account's dead letters back into its queue, with no failed attempts",
	notes:
		"The account's session receives them next. An entry is queued before it is removed from the dead letters. An entry that\nis not a report stays.",
	example: "accounts smpp dead redrive kaspi --stage prod",
	input,
	run: async ({ account }, target) =>
		await redriven(target, smppQueueRole(await accountOf(target, account)), ({ body }) => redrivenReportsEntry(body)),
});

export const deadSmppCommands = [list, redriveDeadLetters];
