import * as z from "zod";
import { dynamoCountReads } from "#shared/aws/dynamo/dynamo-counts.ts";
import type { HourCounts } from "#shared/domain/counts/count.ts";
import {
	dayAt,
	dayBefore,
	periodKinds,
	rangeOfDays,
	rangeOfMonth,
	type TimeRange,
} from "#shared/domain/counts/periods.ts";
import { type Statistics, statisticsByPeriod, statisticsOf } from "#shared/domain/counts/statistics.ts";
import { statisticsView } from "#shared/domain/counts/statistics-view.ts";
import { accountUsageOf, usageCsv } from "#shared/domain/counts/usage.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { type Priority, priorityNames } from "#shared/domain/message/priorities.ts";
import { readCounts } from "#shared/usecases/counts/read-counts.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { accountName } from "../inputs.ts";
import { asTable, type CommandOutcome } from "../output.ts";
import type { Target } from "../target.ts";
import { accountOf, accountRepository } from "./account-repositories.ts";

const dayText = "a day, such as 2026-11-28";
const day = z.string().refine((name) => rangeOfDays(name, name) !== null, dayText);
const month = z.string().refine((name) => rangeOfMonth(name) !== null, "a month, such as 2026-11");
const operatorName = z.enum(operators as [string, ...string[]], `one of ${operators.join(", ")}`);
const priorityName = z.enum(priorityNames, `one of ${priorityNames.join(", ")}`);

const usualDays = 7;

export const stats = command({
	call: "stats",
	description: "count what happened to messages by hour, day or month: accepted, submitted, delivered, failed",
	notes: `Days are those of Almaty. Each step of a message counts in the period in which it happened. submitted are the messages that an
SMSC took, with the segments that it took; failed are those that ended in another way than DELIVERED or ACCEPTED.
unreported are ends whose report is wanted and not confirmed: not yet, given up, or there is no webhook. Counts
are written every ten seconds.`,
	options: [
		["--from <day>", "the first day (six days before --to)"],
		["--to <day>", "the last day (today)"],
		["--by <period>", `${periodKinds.join(", ")} (day)`],
		["--account <account>", "only this account"],
		["--operator <operator>", "only this operator"],
		["--priority <priority>", `only this priority: ${priorityNames.join(", ")}`],
	],
	example: "stats --from 2026-11-01 --to 2026-11-30 --account kaspi --stage prod",
	input: z.object({
		from: day.optional(),
		to: day.optional(),
		by: z.enum(periodKinds, `one of ${periodKinds.join(", ")}`).default("day"),
		account: accountName.optional(),
		operator: operatorName.optional(),
		priority: priorityName.optional(),
	}),
	async run({ to = dayAt(Date.now()), from = dayBefore(to, usualDays - 1), by, account, ...only }, target) {
		const range = rangeOfDays(from, to);
		if (range === null || range.from >= range.to) throw new UsageError("--from must not be later than --to");
		const hours = await hoursIn(target, range, account);
		const filter = {
			operator: operators.find((one) => one === only.operator),
			priority: only.priority && (priorityNames.indexOf(only.priority) as Priority),
		};
		const periods = statisticsByPeriod(hours, by, filter);
		const total = statisticsOf(hours, filter);
		const data = {
			...{ from, to, by },
			periods: periods.map(({ period, ...one }) => ({ period, ...statisticsView(one) })),
			total: statisticsView(total),
		};
		return { data, text: textOf([...periods, { period: "total", ...total }], total) };
	},
});

function textOf(periods: readonly (Statistics & { readonly period: string })[], total: Statistics): string {
	if (periods.length === 1) return "nothing was counted";
	const rows = periods.map(({ period, accepted, submitted, delivered, failed, unreported, incoming }) => ({
		period,
		accepted: accepted.messages,
		submitted: submitted.messages,
		segments: submitted.segments,
		delivered: delivered.messages,
		failed: failed.messages,
		unreported,
		incoming: incoming.messages,
	}));
	const endings = total.endings.map(({ status, errorCode, meaning, messages }) => ({
		status,
		code: errorCode,
		messages,
		meaning,
	}));
	return `${asTable(rows, "").text}\n\n${asTable(endings, "no message has ended").text}`;
}

const exportUsage = command({
	call: "export",
	description:
		"print a month's messages and segments as CSV, by account and operator, to compare with operators' bills",
	notes: `An operator bills the segments that it took: submitted_segments. A message counts in the month of its submit, and its end in the
month in which it ended. The last lines, without an operator, are messages of batches that were refused at once. After the
death of a task its last seconds may be missing: fewer than 200 counts of each account.`,
	options: [
		["--month <month>", "the month, in Almaty, such as 2026-11 (required)"],
		["--account <account>", "only this account"],
	],
	example: "usage export --month 2026-11 --stage prod > usage.csv",
	input: z.object({ month, account: accountName.optional() }),
	async run({ month: name, account }, target): Promise<CommandOutcome> {
		const range = rangeOfMonth(name);
		if (range === null) throw new UsageError("--month must be a month, such as 2026-11");
		const usage = accountUsageOf(await hoursIn(target, range, account));
		return { data: { month: name, usage }, text: usageCsv(name, usage) };
	},
});

export const usageCommands = [exportUsage];

/** Of one account, or of all. */
export async function hoursIn(target: Target, range: TimeRange, account?: string): Promise<readonly HourCounts[]> {
	const counts = dynamoCountReads(target.dynamo, target.table("counts"), target.log);
	const accounts = account === undefined ? await accountRepository(target).list() : [await accountOf(target, account)];
	return await readCounts(
		counts,
		accounts.map(({ userName }) => userName),
		range,
	);
}
