import * as z from "zod";
import { queueDepth } from "#shared/aws/sqs/sqs-depths.ts";
import { sqsDeadReports, sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { deadRole } from "#shared/contracts/resource-names.ts";
import type { Log } from "#shared/log.ts";
import { listDeadReports } from "#shared/usecases/reports/list-dead-reports.ts";
import { resendReports } from "#shared/usecases/reports/resend-reports.ts";
import { command } from "../command.ts";
import { accountName, instant } from "../inputs.ts";
import { withLettersProgress } from "../letters-progress.ts";
import { asSentence, asTable } from "../output.ts";
import type { Target } from "../target.ts";

async function deadReports(target: Target) {
	return sqsDeadReports(target.sqs, await target.queueUrl(deadRole("reports")));
}

/** Receives the dead letters to count them, and leaves them in place. */
export async function deadReportsByAccount(target: Target) {
	return await listDeadReports(await deadReports(target), Date.now);
}

type DeadReportSelection = { readonly userName: string; readonly from: number; readonly to: number };

/** Sends an account's reports that were given up in this time, with no failed attempts. */
export async function resendDeadReports(
	target: Target,
	selection: DeadReportSelection,
	deadLetters?: Awaited<ReturnType<typeof deadReports>>,
) {
	const reports = sqsReports(target.sqs, await target.queueUrl("reports"));
	const resending = { deadLetters: deadLetters ?? (await deadReports(target)), reports, now: Date.now, log: silentLog };
	return await resendReports(resending, selection);
}

const isoText = (at: number) => new Date(at).toISOString();

const list = command({
	call: "list",
	isDefault: true,
	description: "list the accounts with reports that were given up",
	notes:
		"A report is given up if its webhook does not confirm it for a day, or answers 410. It is kept for 14 days. The command\nreceives the dead letters to count them, up to 100,000.",
	example: "reports dead list --stage prod",
	input: z.object({}),
	async run(_, target) {
		const { accounts, complete } = await deadReportsByAccount(target);
		const rows = accounts.map(({ userName, reportBatches, messages, firstDeadSince, lastDeadSince }) => ({
			account: userName ?? "(not a report)",
			report_batches: reportBatches,
			messages,
			first_given_up: isoText(firstDeadSince),
			last_given_up: isoText(lastDeadSince),
		}));
		const table = asTable(rows, "no reports were given up");
		return complete ? table : { ...table, text: `${table.text}\nthere are more reports` };
	},
});

const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const resend = command({
	call: "resend",
	description: "send an account's given-up reports again, with no failed attempts",
	options: [
		["--account <account>", "the account (required)"],
		["--from <time>", "given up at or after this time, with its zone (the first)"],
		["--to <time>", "given up until this time (now)"],
	],
	example:
		"reports dead resend --account kaspi --from 2026-11-24T09:00:00+05:00 --to 2026-11-25T09:00:00+05:00 --stage prod",
	input: z
		.object({ account: accountName, from: instant.default(0), to: instant.optional() })
		.refine(({ from, to }) => to === undefined || from <= to, { error: "--from must not be later than --to" }),
	async run({ account: userName, from, to = Date.now() }, target) {
		const { waiting } = await queueDepth(target.sqs, await target.queueUrl(deadRole("reports")));
		const { resent, left, complete } = await withLettersProgress(
			await deadReports(target),
			waiting,
			async (deadLetters) => await resendDeadReports(target, { userName, from, to }, deadLetters),
		);
		const text = `${resent} sent again, ${left} left${complete ? "" : "; there are more: run the command again"}`;
		return asSentence(text, { account: userName, resent, left, complete });
	},
});

export const deadReportCommands = [list, resend];
