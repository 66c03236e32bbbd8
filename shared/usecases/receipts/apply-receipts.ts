import { UnreadableRows } from "../../domain/faults.ts";
import type { Message, MessageChange } from "../../domain/message/message.ts";
import { isFullySubmitted, mayHaveUnrecordedSubmit, receiptApplied } from "../../domain/message/message-transitions.ts";
import type { Operator } from "../../domain/message/operators.ts";
import { isFinal } from "../../domain/message/statuses.ts";
import { isForAllParts, type LongReceiptRule } from "../../domain/receipts/long-receipts.ts";
import { type Receipt, statusUpdateOf } from "../../domain/receipts/receipt.ts";
import { checkDelaysSeconds } from "../../domain/receipts/receipt-checks.ts";
import type { SmscErrorsByOperator } from "../../domain/receipts/smsc-errors.ts";
import { isOfSegment, smscRef } from "../../domain/receipts/smsc-ref.ts";
import type { Report } from "../../domain/reports/report-batches.ts";
import { type ChangeDeps, changeMessages, missingFrom, queueUnconfirmedReports } from "../message/change-messages.ts";
import type { ReadRows } from "../message/message-store.ts";
import type { RememberedReports } from "../reports/remembered-reports.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { ReportQueue } from "../reports/report-queue.ts";
import type { SubmissionStore, SubmittedSegment } from "../send/submission-store.ts";
import { type FindSubmissionsDeps, findSubmissions } from "./find-submissions.ts";
import { type FindUnansweredDeps, findUnanswered } from "./find-unanswered.ts";
import {
	type AppliedReceipt,
	type LongReceiptDeps,
	learnLongReceipts,
	longReceiptRule,
} from "./learn-long-receipts.ts";
import { logUnknown, type SegmentUpdate } from "./log-unknown.ts";
import type { ReceiptBatch, ReceiptQueue } from "./receipt-queue.ts";

export type ReceiptDeps = ChangeDeps &
	FindSubmissionsDeps &
	FindUnansweredDeps &
	LongReceiptDeps & {
		readonly submissions: Pick<SubmissionStore, "find" | "findUnanswered">;
		readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
		readonly reports: ReportQueue & Partial<RememberedReports>;
		readonly receipts: ReceiptQueue;
		/** For receipts that could not be applied at any check. */
		readonly deadLetters: ReceiptQueue;
		/** The error numbers of SMSCs that differ from the dictionary. */
		readonly smscErrors?: SmscErrorsByOperator;
	};

/**
 * Applies receipts to their messages and queues the clients' reports. A receipt whose submission is not recorded yet, or
 * whose message cannot be read now, is checked again later, and becomes a dead letter after the last check. When this
 * returns, each receipt is applied or queued again or a dead letter. If it throws, the caller repeats all of them.
 */
export async function applyReceipts(deps: ReceiptDeps, receiptBatches: readonly ReceiptBatch[]): Promise<void> {
	const segments = await segmentsOf(deps, receiptBatches);
	const rules = await longReceiptRules(deps, receiptBatches);
	const ids = new Set([...segments.values()].map(({ messageId }) => messageId));
	const read = await deps.messages.readEach([...ids]);
	const { early, updates } = sortReceipts(deps, receiptBatches, { segments, rules }, read);
	for (const receiptBatch of early) await checkAgainLater(deps, receiptBatch);
	const known = [...read.rows.values()].filter(({ messageId }) => updates.has(messageId));
	const changed = await changeMessages(deps, known, (message) =>
		applyUpdates(message, updates.get(message.messageId) ?? []),
	);
	await logUnknown(deps, [...updates.values()].flat());
	await learnLongReceipts(deps, receiptBatches, (receipt) => appliedOf(segments.get(receipt), changed));
	await requeueReports(deps, receiptBatches, segments, new Map([...read.rows, ...changed]));
	const lost = missingFrom(known, changed);
	if (lost.size > 0) throw new UnreadableRows("messages", lost);
}

type Segments = ReadonlyMap<Receipt, SubmittedSegment>;

async function segmentsOf(deps: ReceiptDeps, receiptBatches: readonly ReceiptBatch[]): Promise<Segments> {
	const found = await findSubmissions(deps, receiptBatches);
	return new Map([...found, ...(await findUnanswered(deps, receiptBatches, found))]);
}

function appliedOf(
	segment: SubmittedSegment | undefined,
	rows: ReadonlyMap<number, Message>,
): AppliedReceipt | undefined {
	const message = segment && rows.get(segment.messageId);
	return message && { message, segmentIndex: segment.segmentIndex };
}

type LongReceiptRules = ReadonlyMap<Operator, LongReceiptRule | undefined>;

async function longReceiptRules(deps: ReceiptDeps, receiptBatches: readonly ReceiptBatch[]): Promise<LongReceiptRules> {
	const names = [...new Set(receiptBatches.map(({ operator }) => operator))];
	return new Map(await Promise.all(names.map(async (name) => [name, await longReceiptRule(deps, name)] as const)));
}

/** Separates the receipts that can be applied now, by message, from those to check again later. */
function sortReceipts(
	{ smscErrors }: ReceiptDeps,
	receiptBatches: readonly ReceiptBatch[],
	{ segments, rules }: { readonly segments: Segments; readonly rules: LongReceiptRules },
	{ rows, unreadable }: ReadRows<Message>,
): { readonly early: readonly ReceiptBatch[]; readonly updates: ReadonlyMap<number, readonly SegmentUpdate[]> } {
	function isForAll(operator: Operator, receipt: Receipt): boolean {
		return isForAllParts(receipt, segments.get(receipt)?.parts ?? 1, rules.get(operator));
	}
	function isEarly(operator: Operator, receipt: Receipt): boolean {
		const segment = segments.get(receipt);
		if (segment === undefined || unreadable.has(segment.messageId)) return true;
		return isUnrecorded(rows.get(segment.messageId), segment, isForAll(operator, receipt));
	}
	const early = receiptBatches
		.filter(({ loneChecks }) => loneChecks === undefined)
		.map((batch) => ({ ...batch, receipts: batch.receipts.filter((one) => isEarly(batch.operator, one)) }));
	const updates = receiptBatches.flatMap(({ operator, receipts }) =>
		receipts.flatMap((receipt): SegmentUpdate[] => {
			const segment = segments.get(receipt);
			if (segment === undefined || isEarly(operator, receipt)) return [];
			const statusUpdate = statusUpdateOf(receipt, smscErrors?.[operator]);
			return [{ segment, receipt, operator, statusUpdate, isForAll: isForAll(operator, receipt) }];
		}),
	);
	return {
		early: early.filter(({ receipts }) => receipts.length > 0),
		updates: Map.groupBy(updates, ({ segment }) => segment.messageId),
	};
}

/** Whether the message's row is yet to get this segment: the submission's row is written before it. */
function isUnrecorded(message: Message | undefined, { segmentIndex }: SubmittedSegment, isForAll: boolean): boolean {
	if (message === undefined || isFinal(message.status) || mayHaveUnrecordedSubmit(message)) return false;
	return isForAll ? !isFullySubmitted(message) : message.segments[segmentIndex] === undefined;
}

/** SMPP section 5.2.23. */
const smscIdMax = 65;

/** All receipts of a message as one change; null if they change nothing. */
function applyUpdates(message: Message, all: readonly SegmentUpdate[]): MessageChange | null {
	let row = message;
	let merged: MessageChange | null = null;
	for (const { segment, receipt, statusUpdate, operator, isForAll } of all) {
		const isOfCopy = hasOtherId(row, segment, operator);
		const scope = { parts: segment.parts, isForAll, isOfCopy };
		const copy = isOfCopy ? { copyId: receipt.smscId.slice(0, smscIdMax) } : {};
		const change = receiptApplied(row, segment.segmentIndex, { ...statusUpdate, ...copy }, scope);
		if (change === null) continue;
		row = { ...row, ...change };
		merged = { ...(merged as MessageChange | null), ...change };
	}
	return merged;
}

/** Whether the row has another SMSC id for this segment: two tasks submitted it, and each recorded its own. */
function hasOtherId(message: Message, { segmentIndex, ref }: SubmittedSegment, operator: Operator): boolean {
	const { smscId = "" } = message.segments[segmentIndex] ?? {};
	const own = smscRef(operator, message.recipient, smscId);
	return smscId !== "" && !isOfSegment(ref, own);
}

async function checkAgainLater({ receipts, deadLetters, log }: ReceiptDeps, receiptBatch: ReceiptBatch): Promise<void> {
	const { operator, checks } = receiptBatch;
	const wait = checkDelaysSeconds[checks];
	if (wait !== undefined) return await receipts.send([{ ...receiptBatch, checks: checks + 1 }], wait);
	log.warn("receipt.orphaned", {
		operator,
		receipts: receiptBatch.receipts.length,
		smsc_ids: receiptBatch.receipts.map(({ smscId }) => smscId),
	});
	await deadLetters.send([receiptBatch]);
}

/**
 * Queues reports of redelivered entries again: the earlier attempt may have died before it queued them. Of the entries with a
 * message's receipts, only the one whose receipt set its status does so. Otherwise the client would get a copy for each segment.
 */
async function requeueReports(
	deps: ReceiptDeps,
	receiptBatches: readonly ReceiptBatch[],
	segments: Segments,
	known: ReadonlyMap<number, Message>,
): Promise<void> {
	const redelivered = receiptBatches.flatMap(({ redelivered, receipts }) => (redelivered ? receipts : []));
	const byMessage = Map.groupBy(redelivered, (receipt) => segments.get(receipt)?.messageId ?? 0);
	const messages = [...byMessage.keys()].flatMap((messageId) => known.get(messageId) ?? []);
	const mayHaveSet = ({ messageId, statusAt }: Message) =>
		byMessage.get(messageId)?.some(({ receivedAt }) => receivedAt === statusAt) ?? false;
	const responsible = new Set(messages.filter(mayHaveSet).map(({ messageId }) => messageId));
	const isWanted = (report: Report) => {
		if (deps.reports.wasQueued?.(report)) return false;
		/* No receipt sets SENT. Its own entry may be dead. */
		return report.interim?.status === "SENT" || responsible.has(report.messageId);
	};
	await queueUnconfirmedReports(deps, messages, { isWanted });
}
