import type { IncomingMessage } from "../../domain/incoming/incoming-message.ts";
import type { Message } from "../../domain/message/message.ts";
import type { InterimStatus, ReportBatch } from "../../domain/reports/report-batches.ts";
import type { IncomingStore } from "../incoming/incoming-store.ts";
import type { MessageStore, ReadRows } from "../message/message-store.ts";
import type { ReportBatchStore } from "./report-batch-store.ts";

export type ReadUnreportedDeps = {
	readonly messages: Pick<MessageStore, "readEach">;
	readonly incoming: Pick<IncomingStore, "readEach">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
};

export type Unreported =
	| { readonly kind: "report"; readonly message: Message; readonly interim: InterimStatus | undefined }
	| { readonly kind: "incoming"; readonly message: IncomingMessage }
	/** Cannot be read now: its report batch must be tried again. */
	| { readonly kind: "unreadable"; readonly messageId: number };

/** Reads the messages of each report batch that are neither confirmed nor past their retention. */
export async function readUnreported(
	deps: ReadUnreportedDeps,
	reportBatches: readonly ReportBatch[],
): Promise<readonly (readonly Unreported[])[]> {
	const confirmed = await deps.reportBatches.confirmed(reportBatches.map(({ reportBatchId }) => reportBatchId));
	const left = reportBatches.map((reportBatch) => {
		const confirmedIds = confirmed.get(reportBatch.reportBatchId);
		return {
			reportBatch,
			messageIds: [...new Set(reportBatch.messageIds)].filter((messageId) => !confirmedIds?.has(messageId)),
		};
	});
	const idsOf = (incoming: boolean) => [
		...new Set(
			left.flatMap(({ reportBatch, messageIds }) => ((reportBatch.incoming === true) === incoming ? messageIds : [])),
		),
	];
	const [messages, arrived] = await Promise.all([
		deps.messages.readEach(idsOf(false)),
		deps.incoming.readEach(idsOf(true)),
	]);
	return left.map(({ reportBatch, messageIds }) =>
		reportBatch.incoming
			? unreportedOf(arrived, messageIds, (message) => ({ kind: "incoming", message }))
			: unreportedOf(messages, messageIds, (message) => ({ kind: "report", message, interim: reportBatch.interim })),
	);
}

function unreportedOf<Row>(
	{ rows, unreadable }: ReadRows<Row>,
	messageIds: readonly number[],
	unreported: (row: Row) => Unreported,
): readonly Unreported[] {
	return messageIds.flatMap((messageId): readonly Unreported[] => {
		if (unreadable.has(messageId)) return [{ kind: "unreadable", messageId }];
		const row = rows.get(messageId);
		return row === undefined ? [] : [unreported(row)];
	});
}
