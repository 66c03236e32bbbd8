import * as z from "zod";
import { hourOf } from "#shared/domain/counts/count.ts";
import { dayAt, dayBefore, type PeriodKind, rangeOfDays, type TimeRange } from "#shared/domain/counts/periods.ts";
import { seriesOf, statisticsOf } from "#shared/domain/counts/statistics.ts";
import { hoursIn } from "../commands/stats.ts";
import { accountName } from "../inputs.ts";
import { errorMeaning } from "../views/error-meanings.ts";
import { timelineLanguages } from "../views/timeline-words.ts";
import { consoleQuery, type Query } from "./action.ts";

const language = z.enum(timelineLanguages).default("en");

const hourMs = 60 * 60_000;
const [hoursShown, daysShown] = [24, 30];

/** The last hours, or the last days of Almaty, the present one included. */
function periodsUntil(now: number, range: "day" | "month"): { readonly range: TimeRange; readonly by: PeriodKind } {
	const to = hourOf(now) + hourMs;
	if (range === "day") return { range: { from: to - hoursShown * hourMs, to }, by: "hour" };
	const today = dayAt(now);
	return { range: rangeOfDays(dayBefore(today, daysShown - 1), today) ?? { from: 0, to }, by: "day" };
}

export const countQueries = {
	stats: consoleQuery(
		z.strictObject({ range: z.enum(["day", "month"]).default("day"), account: accountName.optional(), language }),
		async (target, { range: wanted, account, language: spoken }) => {
			const { range, by } = periodsUntil(Date.now(), wanted);
			const hours = await hoursIn(target, range, account);
			const endings = statisticsOf(hours).endings.map((ending) => ({
				...ending,
				explanation: errorMeaning(spoken, ending.errorCode),
			}));
			return { series: seriesOf(hours, range, by), endings };
		},
	),
} as const satisfies Record<string, Query>;
