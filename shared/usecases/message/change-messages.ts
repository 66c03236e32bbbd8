import { redacted } from "../../domain/message/final-text.ts";
import type { Message, MessageChange } from "../../domain/message/message.ts";
import {
	intoReportBatches,
	type Report,
	type ReportField,
	reportBatchesNamedBy,
	reportField,
	reportsNamedIn,
	reportsOf,
} from "../../domain/reports/report-batches.ts";
import { unconfirmedReports } from "../reports/confirmed-reports.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { ReportQueue } from "../reports/report-queue.ts";
import type { MessageStore, WantedChange } from "./message-store.ts";

export type ChangeDeps = {
	readonly messages: Pick<MessageStore, "readEach" | "change">;
	readonly reports: ReportQueue;
	readonly newReportBatchId: () => string;
};

/** Other processes do not change the same message this often in a row; more is a fault. */
const triesMax = 10;

/**
 * Changes messages and queues the reports of their new statuses. Each changed row stores the id of its report batch. The
 * report batches are queued after all rows are written. If the process dies in between, its queue entry is delivered
 * again, and the consumer then calls `queueUnconfirmedReports`. So a caller deletes its entry only after this.
 *
 * @param known the rows as they were read; one that was changed since is read again.
 * @param decide the change of a row, or null. Called again with a row that was read again.
 * @returns the rows as they are now, by id, without those that are gone or cannot be read any more.
 */
export async function changeMessages(
	deps: ChangeDeps,
	known: readonly Message[],
	decide: (message: Message) => MessageChange | null,
): Promise<ReadonlyMap<number, Message>> {
	const rows = new Map(known.map((message) => [message.messageId, message]));
	const reports: Report[] = [];
	try {
		await changeAll(deps, rows, decide, reports);
	} finally {
		/* Also after a failure: the rows that were written name these report batches. */
		await deps.reports.send(reportBatchesNamedBy(reports));
	}
	return rows;
}

/** Changes the rows, and adds the reports of their new statuses to `reports`. */
async function changeAll(
	deps: ChangeDeps,
	rows: Map<number, Message>,
	decide: (message: Message) => MessageChange | null,
	reports: Report[],
): Promise<void> {
	let pending: readonly Message[] = [...rows.values()];
	for (let tries = 0; pending.length > 0; tries += 1) {
		if (tries === triesMax) throw new Error(`${pending.length} messages changed at each of ${triesMax} tries`);
		const wanted = withReportBatches(wantedOf(pending, decide), deps.newReportBatchId);
		const outcomes = await deps.messages.change(wanted);
		for (const { message, change } of wanted.filter((_, index) => outcomes[index] === "changed")) {
			const row = redacted({ ...message, ...change, revision: message.revision + 1 });
			rows.set(row.messageId, row);
			reports.push(...reportsNamedIn(change, row));
		}
		const stale = wanted.filter((_, index) => outcomes[index] === "stale").map(({ message }) => message.messageId);
		const fresh = stale.length === 0 ? new Map<number, Message>() : (await deps.messages.readEach(stale)).rows;
		for (const messageId of stale) rows.delete(messageId);
		for (const [messageId, row] of fresh) rows.set(messageId, row);
		pending = [...fresh.values()];
	}
}

/** The messages that `changeMessages` was given and left out: they are gone, or cannot be read any more. */
export function missingFrom(known: readonly Message[], rows: ReadonlyMap<number, Message>): ReadonlySet<number> {
	return new Set(known.flatMap(({ messageId }) => (rows.has(messageId) ? [] : messageId)));
}

export type RequeueOptions = { readonly isWanted?: (report: Report) => boolean; readonly delaySeconds?: number };

/**
 * Queues the reports of these messages that the client has not confirmed, because an earlier attempt may have died
 * before it queued them. The client may get a report twice. Of a message that has ended, only its end is reported.
 */
export async function queueUnconfirmedReports(
	deps: { readonly reportBatches: Pick<ReportBatchStore, "confirmed">; readonly reports: ReportQueue },
	messages: readonly Message[],
	{ isWanted = () => true, delaySeconds = 0 }: RequeueOptions = {},
): Promise<void> {
	const reports = messages.flatMap(reportsOf).filter(isWanted);
	const unconfirmed = await unconfirmedReports(deps.reportBatches, reports);
	await deps.reports.send(reportBatchesNamedBy(unconfirmed), delaySeconds);
}

function wantedOf(messages: readonly Message[], decide: (message: Message) => MessageChange | null): WantedChange[] {
	return messages.flatMap((message) => {
		const change = decide(message);
		return change === null ? [] : [{ message, change }];
	});
}

/** Names the report batch in each change that is to be reported. A second final status gets a new report batch. */
function withReportBatches(wanted: readonly WantedChange[], newReportBatchId: () => string): readonly WantedChange[] {
	const named = new Map<WantedChange, MessageChange>();
	for (const [field, own] of Map.groupBy(wanted, reportFieldOf)) {
		if (field === null) continue;
		const reportBatches = intoReportBatches(
			own.map(({ message }) => message),
			newReportBatchId,
		);
		const reportBatchOf = new Map(
			reportBatches.flatMap(({ reportBatchId, messageIds }) => messageIds.map((id) => [id, reportBatchId] as const)),
		);
		for (const one of own) named.set(one, { ...one.change, [field]: reportBatchOf.get(one.message.messageId) });
	}
	return wanted.map((one) => ({ ...one, change: named.get(one) ?? one.change }));
}

function reportFieldOf({ message, change }: WantedChange): ReportField | null {
	return change.status === undefined ? null : reportField(message, change.status);
}
