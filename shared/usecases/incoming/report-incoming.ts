import type { Clock } from "../../clock.ts";
import { countsOfIncoming } from "../../domain/counts/message-counts.ts";
import { UnreadableRows } from "../../domain/faults.ts";
import type { IncomingMessage } from "../../domain/incoming/incoming-message.ts";
import type { JoinedMessage } from "../../domain/incoming/mo-reassembly.ts";
import { ownerOf } from "../../domain/incoming/short-codes.ts";
import { keptUntil } from "../../domain/message/retention.ts";
import { intoReportBatches, type ReportBatch, reportBatchesNamedBy } from "../../domain/reports/report-batches.ts";
import type { Log } from "../../log.ts";
import type { Counter } from "../counts/counter.ts";
import { unconfirmedReports } from "../reports/confirmed-reports.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { ReportQueue } from "../reports/report-queue.ts";
import type { IncomingQueue } from "./incoming-queue.ts";
import type { IncomingStore } from "./incoming-store.ts";
import type { ShortCodeStore } from "./short-code-store.ts";

export type ReportIncomingDeps = {
	readonly incoming: IncomingStore;
	readonly shortCodes: Pick<ShortCodeStore, "find">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly reports: ReportQueue;
	/** The dead letters of messages without an account. */
	readonly unrouted: IncomingQueue;
	readonly counter: Counter;
	readonly newReportBatchId: () => string;
	readonly now: Clock;
	readonly retentionMs: number;
	readonly log: Log;
};

/**
 * Stores MO messages and queues their reports (A48). When this returns, each has a report batch in the reports queue,
 * or its client's confirmation, or is in the dead letters.
 * @param fresh new messages.
 * @param again may have been stored or reported before, or had no account; their rows show it.
 * @throws UnreadableRows once all others are done, if a row cannot be read.
 */
export async function reportIncoming(
	deps: ReportIncomingDeps,
	fresh: readonly JoinedMessage[],
	again: readonly JoinedMessage[],
): Promise<void> {
	const { rows, unreadable } = await deps.incoming.readEach(again.map(({ messageId }) => messageId));
	const known = [...rows.values()].filter(({ reportBatchId }) => reportBatchId !== null);
	const owed = await unconfirmedReports(deps.reportBatches, known);
	const isUnwritten = (messageId: number) => !(unreadable.has(messageId) || rows.get(messageId)?.reportBatchId);
	const unwritten = [...fresh, ...again.filter(({ messageId }) => isUnwritten(messageId))];
	const messages = await withOwners(deps, unwritten);
	await deps.incoming.put(messages);
	deps.counter.add(messages.flatMap(countsOfIncoming));
	logReceived(deps.log, messages);
	const reportBatches = reportBatchesNamedBy([...messages, ...owed]);
	await deps.reports.send(reportBatches.map((reportBatch): ReportBatch => ({ ...reportBatch, incoming: true })));
	await holdUnrouted(
		deps,
		messages.filter(({ userName }) => userName === null),
	);
	if (unreadable.size > 0) throw new UnreadableRows("messages of subscribers", unreadable);
}

async function withOwners(
	{ shortCodes, newReportBatchId, now, retentionMs }: ReportIncomingDeps,
	messages: readonly JoinedMessage[],
): Promise<readonly IncomingMessage[]> {
	const codes = [...new Set(messages.map(({ recipient }) => recipient))];
	const entries = new Map(await Promise.all(codes.map(async (code) => [code, await shortCodes.find(code)] as const)));
	const at = now();
	const keepUntil = keptUntil({ now: at, retentionMs }, at);
	const owned = messages.map((message) => {
		const userName = ownerOf(entries.get(message.recipient) ?? [], message.text);
		return { ...message, userName, keepUntil };
	});
	const reportBatches = intoReportBatches(
		owned.flatMap(({ messageId, userName }) => (userName === null ? [] : [{ messageId, userName }])),
		newReportBatchId,
	);
	const reportBatchOf = new Map(
		reportBatches.flatMap(({ reportBatchId, messageIds }) => messageIds.map((id) => [id, reportBatchId] as const)),
	);
	return owned.map((message) => ({ ...message, reportBatchId: reportBatchOf.get(message.messageId) ?? null }));
}

function logReceived(log: Log, messages: readonly IncomingMessage[]): void {
	for (const [{ operator, recipient }, ids] of byAddress(messages)) {
		log.info("mo.received", { operator, recipient, messages: ids.length, message_ids: ids });
	}
}

async function holdUnrouted(
	{ unrouted, log }: ReportIncomingDeps,
	messages: readonly IncomingMessage[],
): Promise<void> {
	for (const [{ operator, recipient }, ids] of byAddress(messages)) {
		log.warn("mo.unrouted", { operator, recipient, messages: ids.length, message_ids: ids });
		await unrouted.send([{ kind: "unrouted", messageIds: ids }]);
	}
}

function byAddress(messages: readonly IncomingMessage[]) {
	const groups = Map.groupBy(messages, ({ operator, recipient }) => `${operator} ${recipient}`);
	return [...groups.values()].flatMap(([first, ...others]) =>
		first === undefined ? [] : [[first, [first, ...others].map(({ messageId }) => messageId)] as const],
	);
}
