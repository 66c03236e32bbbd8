import * as z from "zod";
import { reportUntried } from "#shared/aws/sqs-reports.ts";
import type { Account } from "#shared/domain/account.ts";
import { accountQueueRole } from "#shared/domain/account-queue.ts";
import { command } from "../command.ts";
import { Failure } from "../complaints.ts";
import { accountName } from "../inputs.ts";
import { existing } from "./account-books.ts";
import { redriven, resting } from "./dead-letters.ts";

/** The dead letters of accounts' own queues: what a session was given a thousand times and never took. */

const input = z.object({ account: accountName });

/** @throws Failure where the account's reports do not go by SMPP: nobody takes up what is in its queue then. */
function toldBySmpp({ userName, smpp }: Account): string {
	if (!smpp?.reportsQueueUrl) throw new Failure(`the reports of ${userName} do not go by SMPP`);
	return accountQueueRole(userName);
}

const list = command({
	call: "list <account>",
	isDefault: true,
	description: "how many reports and messages for an account rest, and wait for its session",
	more: "They rest 14 days.",
	example: "accounts smpp dead list kaspi --stage prod",
	input,
	run: async ({ account }, place) => await resting(place, toldBySmpp(await existing(place, account))),
});

const redrive = command({
	call: "redrive <account>",
	description: "gives an account's own queue its dead letters back, as if never tried",
	more: "Its session gets them when it can take them. Each is queued before it is taken from where it rests. What is no report\nrests on.",
	example: "accounts smpp dead redrive kaspi --stage prod",
	input,
	run: async ({ account }, place) =>
		await redriven(place, toldBySmpp(await existing(place, account)), ({ body }) => reportUntried(body)),
});

export const deadSmppCommands = [list, redrive];
