import type { Message, MessageChange } from "../message/message.ts";
import { isFinal, type MessageStatus } from "../message/statuses.ts";

/** Whether its client wants to hear that this message has come to this end. Who was told of a failure is told of what replaces it. */
export function isReported(
	{ reportPreference, reportBatchId }: Pick<Message, "reportPreference" | "reportBatchId">,
	end: MessageStatus,
): boolean {
	if (reportPreference !== "failures") return reportPreference === "always";
	return reportBatchId !== null || !(end === "DELIVERED" || end === "ACCEPTED");
}

/** What is told of messages that have not ended, and when it was so (A34). */
export type InterimStatus = { readonly status: "SENT" | "EN_ROUTE"; readonly at: number };

/** Messages of one account that are reported in one POST: their end, what is told of them on the way, or that they came in. */
export type ReportBatch = {
	readonly reportBatchId: string;
	readonly userName: string;
	readonly messageIds: readonly number[];
	readonly interim?: InterimStatus;
	/** The ids are of messages from subscribers (R40). */
	readonly incoming?: true;
};

/** A report batch on its way to its client: how often it was tried before. */
export type QueuedReportBatch = ReportBatch & { readonly tries: number };

/** The most messages in one POST: small enough for any server's limits, large enough that a POST costs little per message. */
export const reportBatchSize = 100;

const reportFields = ["reportBatchId", "sentReportBatchId", "enRouteReportBatchId"] as const;

/** Where a message names the report batch of each of its reports. */
export type ReportField = (typeof reportFields)[number];

/** Where a message names the report batch that tells its client of this status; null: its client does not want to hear of it. */
export function reportField(message: Message, status: MessageStatus): ReportField | null {
	if (isFinal(status)) return isReported(message, status) ? "reportBatchId" : null;
	if (!message.wantsInterimReports || status === "NEW") return null;
	return status === "SENT" ? "sentReportBatchId" : "enRouteReportBatchId";
}

/**
 * Whether a row names the report that this change gave it. The names are random, so the change was made then, whatever was changed
 * since: its answer was lost, and the SDK repeated it.
 */
export function isReportNamed(row: Pick<Message, ReportField>, change: MessageChange): boolean {
	return reportFields.some((field) => typeof change[field] === "string" && row[field] === change[field]);
}

type Owned = { readonly messageId: number; readonly userName: string };

/** What one message is reported by: the name of its report batch, null where it has none, and what that tells where it is not its end. */
export type Report = {
	readonly messageId: number;
	readonly userName: string | null;
	readonly reportBatchId: string | null;
	readonly interim?: InterimStatus;
};

/**
 * Sorts messages that end, or come in, together into report batches, per account.
 * @param newReportBatchId gives a name that no report batch has had.
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

/** The reports of a message, by its row: of its end where it has one, else of its way as far as it came (A34). */
export function reportsOf(message: Message): readonly Report[] {
	const { messageId, userName, status, statusAt, confirmedAt, reportBatchId, sentReportBatchId, enRouteReportBatchId } =
		message;
	if (isFinal(status)) return [{ messageId, userName, reportBatchId }];
	return [
		{ messageId, userName, reportBatchId: sentReportBatchId, interim: { status: "SENT", at: confirmedAt ?? statusAt } },
		{ messageId, userName, reportBatchId: enRouteReportBatchId, interim: { status: "EN_ROUTE", at: statusAt } },
	];
}

/** Those that this very change gave it a report batch for. A segment of a message that had ended before may still change: that is no news. */
export function reportsNamedIn(change: MessageChange, row: Message): readonly Report[] {
	return reportsOf(row).filter(
		({ reportBatchId }) => reportBatchId !== null && reportFields.some((field) => change[field] === reportBatchId),
	);
}

/** The report batches that these reports name, each with those of its messages that are here. */
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
