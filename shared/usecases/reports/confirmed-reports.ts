import type { ReportBatchStore } from "./report-batch-store.ts";

type ReportableRow = { readonly messageId: number; readonly reportBatchId: string | null };

/** Returns a predicate for these rows: whether their report is confirmed. False for a row without a report batch. */
export async function confirmedReports(
	reportBatches: Pick<ReportBatchStore, "confirmed">,
	rows: readonly ReportableRow[],
): Promise<(row: ReportableRow) => boolean> {
	const ids = new Set(rows.flatMap(({ reportBatchId }) => reportBatchId ?? []));
	if (ids.size === 0) return () => false;
	const confirmed = await reportBatches.confirmed([...ids]);
	return ({ reportBatchId, messageId }) => confirmed.get(reportBatchId ?? "")?.has(messageId) ?? false;
}

/** The rows whose report is not confirmed, without those that have no report batch. */
export async function unconfirmedReports<Row extends ReportableRow>(
	reportBatches: Pick<ReportBatchStore, "confirmed">,
	rows: readonly Row[],
): Promise<readonly Row[]> {
	const isConfirmed = await confirmedReports(reportBatches, rows);
	return rows.filter((row) => row.reportBatchId !== null && !isConfirmed(row));
}
