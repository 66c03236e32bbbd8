import type { ReportBatchStore } from "./report-batch-store.ts";

type Reported = { readonly messageId: number; readonly reportBatchId: string | null };

/** Reads which of these rows are confirmed. Returns a predicate for them; a row that names no report batch is not. */
export async function confirmedReports(
	reportBatches: Pick<ReportBatchStore, "confirmed">,
	rows: readonly Reported[],
): Promise<(row: Reported) => boolean> {
	const ids = new Set(rows.flatMap(({ reportBatchId }) => reportBatchId ?? []));
	if (ids.size === 0) return () => false;
	const confirmed = await reportBatches.confirmed([...ids]);
	return ({ reportBatchId, messageId }) => confirmed.get(reportBatchId ?? "")?.has(messageId) ?? false;
}

export async function unconfirmed<Row extends Reported>(
	reportBatches: Pick<ReportBatchStore, "confirmed">,
	rows: readonly Row[],
): Promise<readonly Row[]> {
	const isConfirmed = await confirmedReports(reportBatches, rows);
	return rows.filter((row) => row.reportBatchId !== null && !isConfirmed(row));
}
