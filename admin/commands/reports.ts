import * as z from "zod";
import { sqsDeadReports, sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { deadRole } from "#shared/contracts/resource-names.ts";
import type { Log } from "#shared/log.ts";
import { listDeadReports } from "#shared/usecases/reports/list-dead-reports.ts";
import { resendReports } from "#shared/usecases/reports/resend-reports.ts";
import { command } from "../command.ts";
import { accountName, instant } from "../inputs.ts";
import { asSentence, asTable } from "../output.ts";
import type { Target } from "../target.ts";

async function deadReports(target: Target) {
	return sqsDeadReports(target.sqs, await target.queueUrl(deadRole("reports")));
}

const isoText = (at: number) => new Date(at).toISOString();

const list = command({
	call: "list",
	isDefault: true,
	description: "which accounts' reports were given up, and when",
	notes:
		"A report is given up when its account's server has not confirmed it for a day, or has answered 410. It rests 14 days.\nThose that are counted are held meanwhile; a walk sees up to 100,000.",
	example: "reports dead list --stage prod",
	input: z.object({}),
	async run(_, target) {
		const { accounts, complete } = await listDeadReports(await deadReports(target), Date.now);
		const rows = accounts.map(({ userName, reportBatches, messages, firstDeadSince, lastDeadSince }) => ({
			account: userName ?? "(no report)",
			report_batches: reportBatches,
			messages,
			first_given_up: isoText(firstDeadSince),
			last_given_up: isoText(lastDeadSince),
		}));
		const table = asTable(rows, "no reports rest");
		return complete ? table : { ...table, text: `${table.text}\nthere are more` };
	},
});

const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const resend = command({
	call: "resend",
	description: "sends an account's reports again that were given up, as if never tried",
	options: [
		["--account <account>", "whose"],
		["--from <time>", "given up from this time on, with its zone (from the first)"],
		["--to <time>", "given up until this time (until now)"],
	],
	example:
		"reports dead resend --account kaspi --from 2026-11-24T09:00:00+05:00 --to 2026-11-25T09:00:00+05:00 --stage prod",
	input: z
		.object({ account: accountName, from: instant.default(0), to: instant.optional() })
		.refine(({ from, to }) => to === undefined || from <= to, { error: "is later than --to", path: ["from"] }),
	async run({ account: userName, from, to = Date.now() }, target) {
		const reports = sqsReports(target.sqs, await target.queueUrl("reports"));
		const resending = { deadLetters: await deadReports(target), reports, now: Date.now, log: silentLog };
		const { resent, left, complete } = await resendReports(resending, { userName, from, to });
		const text = `${resent} sent again, ${left} left where they rest${complete ? "" : "; there are more: call it again"}`;
		return asSentence(text, { account: userName, resent, left, complete });
	},
});

export const deadReportCommands = [list, resend];
