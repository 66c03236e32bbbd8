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
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { ReportQueue } from "../reports/report-queue.ts";
import type { MessageStore, WantedChange } from "./message-store.ts";

export type ChangeDeps = {
	readonly messages: Pick<MessageStore, "readEach" | "change">;
	readonly reports: ReportQueue;
	/** A name that no report batch has had. */
	readonly newReportBatchId: () => string;
};

/** Somebody else changed it first, this often in a row: not by chance. */
const triesMax = 10;

/**
 * Changes messages by what was learnt of them. Their ends are reported, and SENT and EN_ROUTE to clients that want to hear of them: the
 * change itself names the report batch that will tell of it, and the report batches are queued when all changes stand. A caller that lets go of its
 * holder (a lane entry, a receipt) only after this loses no report; one that died or failed before it calls `queueUnconfirmed`
 * when it comes back.
 *
 * @param known the rows as they were read; one that was changed since is read again.
 * @param decide what changes in a row, or null: nothing. Called again with a row that was changed since.
 * @returns the rows as they are now, by id; one that is gone meanwhile, or was changed into what cannot be read, is left out.
 */
export async function changeMessages(
	deps: ChangeDeps,
	known: readonly Message[],
	decide: (message: Message) => MessageChange | null,
): Promise<ReadonlyMap<number, Message>> {
	const rows = new Map(known.map((message) => [message.messageId, message]));
	const reports: Report[] = [];
	let pending = known;
	for (let tries = 0; pending.length > 0; tries += 1) {
		if (tries === triesMax) throw new Error(`${pending.length} messages keep changing under us`);
		const wanted = withReportBatches(wantedOf(pending, decide), deps.newReportBatchId);
		const outcomes = await deps.messages.change(wanted);
		for (const { message, change } of wanted.filter((_, index) => outcomes[index] === "changed")) {
			const row = { ...message, ...change, revision: message.revision + 1 };
			rows.set(row.messageId, row);
			reports.push(...reportsNamedIn(change, row));
		}
		const stale = wanted.filter((_, index) => outcomes[index] === "stale").map(({ message }) => message.messageId);
		const fresh = stale.length === 0 ? new Map<number, Message>() : (await deps.messages.readEach(stale)).rows;
		for (const messageId of stale) rows.delete(messageId);
		for (const [messageId, row] of fresh) rows.set(messageId, row);
		pending = [...fresh.values()];
	}
	await deps.reports.send(reportBatchesNamedBy(reports));
	return rows;
}

/** Those that `changeMessages` was given and leaves out: they are gone, or cannot be read any more. */
export function missingFrom(known: readonly Message[], rows: ReadonlyMap<number, Message>): ReadonlySet<number> {
	return new Set(known.flatMap(({ messageId }) => (rows.has(messageId) ? [] : messageId)));
}

/**
 * Queues the reports of these messages again that nobody has confirmed: for a holder that was worked on before, by a process that died
 * or failed at it. Perhaps that one got as far as the queue; then the client may hear twice. Of one that has ended only its end is
 * reported, whatever was owed of its way.
 */
export async function queueUnconfirmed(
	deps: { readonly reportBatches: Pick<ReportBatchStore, "confirmed">; readonly reports: ReportQueue },
	messages: readonly Message[],
): Promise<void> {
	await deps.reports.send(reportBatchesNamedBy(await unconfirmed(deps.reportBatches, messages.flatMap(reportsOf))));
}

/** Those of messages that name a report batch whose report nobody has confirmed. */
export async function unconfirmed<Row extends Pick<Message, "messageId" | "reportBatchId">>(
	reportBatches: Pick<ReportBatchStore, "confirmed">,
	messages: readonly Row[],
): Promise<readonly Row[]> {
	const named = messages.filter(({ reportBatchId }) => reportBatchId !== null);
	if (named.length === 0) return [];
	const confirmed = await reportBatches.confirmed(named.map(({ reportBatchId }) => reportBatchId ?? ""));
	return named.filter(({ reportBatchId, messageId }) => !confirmed.get(reportBatchId ?? "")?.has(messageId));
}

function wantedOf(messages: readonly Message[], decide: (message: Message) => MessageChange | null): WantedChange[] {
	return messages.flatMap((message) => {
		const change = decide(message);
		return change === null ? [] : [{ message, change }];
	});
}

/** Gives every change that is to be reported the report batch that will tell of it, also one that ends a message anew. */
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
