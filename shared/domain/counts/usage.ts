import { type Operator, operators } from "../message/operators.ts";
import type { HourCounts } from "./count.ts";
import { type Statistics, statisticsOf } from "./statistics.ts";

/** What an account sent to an operator and got from it. Null: messages that were refused at once. */
export type AccountUsage = { readonly account: string; readonly operator: Operator | null } & Pick<
	Statistics,
	(typeof usageColumns)[number]
>;

export const usageColumns = ["accepted", "submitted", "delivered", "failed", "incoming"] as const;

/** One for each account and operator that have counts, by name. */
export function accountUsageOf(hours: readonly HourCounts[]): readonly AccountUsage[] {
	const byAccount = Map.groupBy(hours, ({ userName }) => userName);
	return [...byAccount.keys()].sort().flatMap((account) =>
		[...operators, null].flatMap((operator): readonly AccountUsage[] => {
			const all = statisticsOf(byAccount.get(account) ?? [], { operator });
			return usageColumns.some((name) => all[name].messages > 0) ? [{ account, operator, ...sumsOf(all) }] : [];
		}),
	);
}

const sumsOf = ({ accepted, submitted, delivered, failed, incoming }: Statistics) => ({
	accepted,
	submitted,
	delivered,
	failed,
	incoming,
});

/** With a header line, in the form of RFC 4180. */
export function usageCsv(month: string, usage: readonly AccountUsage[]): string {
	const header = [
		"month",
		"account",
		"operator",
		...usageColumns.flatMap((name) => [`${name}_messages`, `${name}_segments`]),
	];
	const rows = usage.map((one) => [
		month,
		one.account,
		one.operator ?? "",
		...usageColumns.flatMap((name) => [one[name].messages, one[name].segments]),
	]);
	return [header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

function cell(value: string | number): string {
	const text = String(value);
	return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
