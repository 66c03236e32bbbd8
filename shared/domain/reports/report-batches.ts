import type { Message, MessageChange } from "../message/message.ts";
import { isFinal, type MessageStatus } from "../message/statuses.ts";

/** Whether the client wants a report of this final status. A status that replaces a reported failure is reported too. */
export function wantsReport(
	{ reportPreference, reportBatchId }: Pick<Message, "reportPreference" | "reportBatchId">,
	end: MessageStatus,
): boolean {
	if (reportPreference !== "failures") return reportPreference === "always";
	return reportBatchId !== null || !(end === "DELIVERED" || end === "ACCEPTED");
}

/** A status before the end of a message, and since when it has it (A34). */
export type InterimStatus = { readonly status: "SENT" | "EN_ROUTE"; readonly at: number };

/** Messages of one account that are reported in one POST: their end, an interim status, or MO messages. */
export type ReportBatch = {
	readonly reportBatchId: string;
	readonly userName: string;
	readonly messageIds: readonly number[];
	readonly interim?: InterimStatus;
	readonly incoming?: true;
};

export type QueuedReportBatch = ReportBatch & { readonly tries: number };

/** The most messages in one POST: small enough for any server, large enough to be cheap. */
export const reportBatchSize = 100;

const reportFields = ["reportBatchId", "sentReportBatchId", "enRouteReportBatchId"] as const;

export type ReportField = (typeof reportFields)[number];

/** The row's field for the report batch of this status; null: the client does not want a report of it. */
export function reportField(message: Message, status: MessageStatus): ReportField | null {
	if (isFinal(status)) return wantsReport(message, status) ? "reportBatchId" : null;
	if (!message.wantsInterimReports || status === "NEW") return null;
	return status === "SENT" ? "sentReportBatchId" : "enRouteReportBatchId";
}

/**
 * Whether a row names the report batch of this change. Ids of report batches are random, so the change was made before,
 * and only its answer was lost (ADR 0048).
 */
export function isReportNamed(row: Pick<Message, ReportField>, change: MessageChange): boolean {
	return reportFields.some((field) => typeof change[field] === "string" && row[field] === change[field]);
}

type Owned = { readonly messageId: number; readonly userName: string };

/** One report of a message. `interim`: it reports this status, not the end. */
export type Report = {
	readonly messageId: number;
	readonly userName: string | null;
	readonly reportBatchId: string | null;
	readonly interim?: InterimStatus;
};

/**
 * Groups messages into report batches by account.
 * @param newReportBatchId gives a unique id.
 */
export function intoReportBatches(messages: readonly Owned[], newReportBatchId: () => string): readonly ReportBatch[] {
	const reportBatches: ReportBatch[] = [];
	for (const [userName, own] of Map.groupBy(messages, (message) => message.userName)) {
		for (let start = 0; start < own.length; start += reportBatchSize) {
			const messageIds = own.slice(start, start + reportBatchSize).map((message) => message.messageId);
			reportBatches.push({ reportBatchId: newReportBatchId(), userName, messageIds });
		}
	}
	return reportBatches;
}

/** The reports of a message: of its end if it has ended, otherwise of SENT and EN_ROUTE as far as it has come (A34). */
export function reportsOf(message: Message): readonly Report[] {
	const { messageId, userName, status, statusAt, confirmedAt, reportBatchId, sentReportBatchId, enRouteReportBatchId } =
		message;
	if (isFinal(status)) return [{ messageId, userName, reportBatchId }];
	return [
		{ messageId, userName, reportBatchId: sentReportBatchId, interim: { status: "SENT", at: confirmedAt ?? statusAt } },
		{ messageId, userName, reportBatchId: enRouteReportBatchId, interim: { status: "EN_ROUTE", at: statusAt } },
	];
}

export function reportsNamedIn(change: MessageChange, row: Message): readonly Report[] {
	return reportsOf(row).filter(
		({ reportBatchId }) => reportBatchId !== null && reportFields.some((field) => change[field] === reportBatchId),
	);
}

/** The report batches that these reports name, each with the messages of these reports only. */
export function reportBatchesNamedBy(reports: readonly Report[]): readonly ReportBatch[] {
	const named = Map.groupBy(reports, (report) => report.reportBatchId);
	return [...named].flatMap(([reportBatchId, own]) => {
		const { userName = null, interim } = own[0] ?? {};
		if (reportBatchId === null || userName === null) return [];
		const at = Math.max(...own.map((report) => report.interim?.at ?? 0));
		const messageIds = own.map((report) => report.messageId);
		return [{ reportBatchId, userName, messageIds, ...(interim && { interim: { ...interim, at } }) }];
	});
}
