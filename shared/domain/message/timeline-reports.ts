import type { ReportAttempts } from "../reports/report-attempts.ts";
import type { Message } from "./message.ts";
import type { MessageStatus } from "./statuses.ts";
import { event, type Standing, type TimelineEvent } from "./timeline-event.ts";

export type ReportsById = ReadonlyMap<string, ReportAttempts>;

type ReportRef = readonly [reportBatchId: string | null, of: MessageStatus];

function reportRefs({ history, status, ...message }: Message): readonly ReportRef[] {
	return [
		[message.sentReportBatchId, "SENT"],
		[message.enRouteReportBatchId, "EN_ROUTE"],
		...history.flatMap((entry): readonly ReportRef[] =>
			entry.kind === "ended" ? [[entry.reportBatchId, entry.status]] : [],
		),
		[message.reportBatchId, status],
	];
}

/** The report batches of a message, whose attempts its timeline shows. */
export function reportBatchesOf(message: Message): readonly string[] {
	return [...new Set(reportRefs(message).flatMap(([id]) => id ?? []))];
}

/** The attempts of its reports. */
export function reporting(message: Message, reports: ReportsById): readonly TimelineEvent[] {
	return reportRefs(message).flatMap(([id, of]) => {
		const { failed = [], confirmed = null } = reports.get(id ?? "") ?? {};
		const failures = failed.map(({ at, nextAt, tries, answer }) =>
			nextAt === null
				? event("report_given_up", at, { of, tries, answer })
				: event("report_failed", at, { of, tries, answer, nextAt }),
		);
		if (!confirmed?.messageIds.has(message.messageId)) return failures;
		const { at, tries, answer, refused } = confirmed;
		if (refused?.messageIds.has(message.messageId))
			return [...failures, event("report_given_up", at, { of, tries: null, answer: refused.answer })];
		return [...failures, event("reported", at, { of, tries, answer })];
	});
}

/** A day of tries, and 14 days in a queue: no report waits longer, also if it is not recorded that it was given up. */
const waitMaxMs = 15 * 24 * 60 * 60_000;

/** What a message that has ended waits for. */
export function reportStanding(
	{ messageId, reportBatchId, statusAt }: Message,
	reports: ReportsById,
	now: number,
): Standing {
	const { failed = [], confirmed = null } = reports.get(reportBatchId ?? "") ?? {};
	const last = failed.toSorted((one, other) => one.at - other.at).at(-1);
	const isSettled = reportBatchId === null || confirmed?.messageIds.has(messageId) || last?.nextAt === null;
	const isLate = now > Math.max(statusAt, last?.at ?? 0) + waitMaxMs;
	return isSettled || isLate ? { kind: "nothing" } : { kind: "report", nextAt: last?.nextAt ?? null };
}
