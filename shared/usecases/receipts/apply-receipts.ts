import { UnreadableRows } from "../../domain/faults.ts";
import type { Message, MessageChange } from "../../domain/message/message.ts";
import { mayBeUnrecorded, received, type StatusUpdate } from "../../domain/message/message-transitions.ts";
import type { Operator } from "../../domain/message/operators.ts";
import { isFinal } from "../../domain/message/statuses.ts";
import { type Receipt, statusUpdateOf } from "../../domain/receipts/receipt.ts";
import { checkDelaysSeconds } from "../../domain/receipts/receipt-checks.ts";
import { plainReason, type SmscErrorsByOperator } from "../../domain/receipts/smsc-errors.ts";
import type { Log } from "../../log.ts";
import { type ChangeDeps, changeMessages, missingFrom, queueUnconfirmed } from "../message/change-messages.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { SubmissionStore, SubmittedSegment } from "../send/submission-store.ts";
import { type FindSubmissionsDeps, findSubmissions } from "./find-submissions.ts";
import { type FindUnansweredDeps, findUnanswered } from "./find-unanswered.ts";
import type { ReceiptBatch, ReceiptQueue } from "./receipt-queue.ts";

export type ReceiptDeps = ChangeDeps &
	FindSubmissionsDeps &
	FindUnansweredDeps & {
		readonly submissions: Pick<SubmissionStore, "find" | "findUnanswered">;
		readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
		readonly receipts: ReceiptQueue;
		/** The dead letters of receipts whose submission was not found. */
		readonly orphans: ReceiptQueue;
		/** The error numbers of SMSCs that differ from the dictionary. */
		readonly smscErrors?: SmscErrorsByOperator;
	};

/**
 * Applies receipts to their messages, and reports those that end. A receipt that came before its submission was
 * recorded, or whose message cannot be read now, is checked again later, and becomes a dead letter after the last
 * check. When this returns, all receipts are done; if it throws, all may be repeated.
 */
export async function applyReceipts(deps: ReceiptDeps, receiptBatches: readonly ReceiptBatch[]): Promise<void> {
	const submitted = await findSubmissions(deps, receiptBatches);
	const segments = new Map([...submitted, ...(await findUnanswered(deps, receiptBatches, submitted))]);
	const ids = new Set([...segments.values()].map(({ messageId }) => messageId));
	const { rows: messages, unreadable } = await deps.messages.readEach([...ids]);
	const updates = new Map<number, SegmentUpdate[]>();
	for (const receiptBatch of receiptBatches) {
		const { operator } = receiptBatch;
		const early: Receipt[] = [];
		for (const receipt of receiptBatch.receipts) {
			const segment = segments.get(receipt);
			const isUnreadable = segment !== undefined && unreadable.has(segment.messageId);
			if (segment === undefined || isUnreadable || isEarly(messages.get(segment.messageId), segment))
				early.push(receipt);
			else {
				const one = { segment, receipt, operator, statusUpdate: statusUpdateOf(receipt, deps.smscErrors?.[operator]) };
				updates.set(segment.messageId, [...(updates.get(segment.messageId) ?? []), one]);
			}
		}
		if (early.length > 0) await checkAgainLater(deps, { ...receiptBatch, receipts: early });
	}
	const known = [...messages.values()].filter(({ messageId }) => updates.has(messageId));
	const changed = await changeMessages(deps, known, (message) =>
		foldUpdates(message, updates.get(message.messageId) ?? []),
	);
	logUnknownErrors(deps.log, [...updates.values()].flat());
	await requeueRedelivered(deps, receiptBatches, segments, new Map([...messages, ...changed]));
	const lost = missingFrom(known, changed);
	if (lost.size > 0) throw new UnreadableRows("messages", lost);
}

type SegmentUpdate = {
	readonly segment: SubmittedSegment;
	readonly receipt: Receipt;
	readonly operator: Operator;
	readonly statusUpdate: StatusUpdate;
};

const listedMax = 20;
const reasonMax = 32;

const hasReason = ({ reason }: Receipt) => !["", "0", "255"].includes(plainReason(reason));

/** Logs reasons without a code in the dictionary, as the SMSC wrote them, in one line. */
function logUnknownErrors(log: Log, all: readonly SegmentUpdate[]): void {
	const unknown = all.filter(({ statusUpdate, receipt }) => statusUpdate.errorCode === "255" && hasReason(receipt));
	if (unknown.length === 0) return;
	const listed = unknown.slice(0, listedMax).map(({ segment, receipt, operator }) => {
		return { message_id: segment.messageId, operator, err: receipt.reason.slice(0, reasonMax) };
	});
	log.info("receipts.unknown_error", { receipts: unknown.length, listed });
}

function isEarly(message: Message | undefined, { segmentIndex }: SubmittedSegment): boolean {
	if (message === undefined || isFinal(message.status) || mayBeUnrecorded(message)) return false;
	return message.segments[segmentIndex] === undefined;
}

function foldUpdates(message: Message, all: readonly SegmentUpdate[]): MessageChange | null {
	let row = message;
	let whole: MessageChange | null = null;
	for (const { segment, statusUpdate } of all) {
		const change: MessageChange | null = received(row, segment.segmentIndex, statusUpdate, segment.parts);
		if (change === null) continue;
		row = { ...row, ...change };
		whole = whole === null ? change : { ...(whole as MessageChange), ...change };
	}
	return whole;
}

async function checkAgainLater({ receipts, orphans, log }: ReceiptDeps, receiptBatch: ReceiptBatch): Promise<void> {
	const { operator, checks } = receiptBatch;
	const wait = checkDelaysSeconds[checks];
	if (wait !== undefined) return await receipts.send([{ ...receiptBatch, checks: checks + 1 }], wait);
	log.warn("receipt.orphaned", {
		operator,
		receipts: receiptBatch.receipts.length,
		smsc_ids: receiptBatch.receipts.map(({ smscId }) => smscId),
	});
	await orphans.send([receiptBatch]);
}

/** An earlier receiver of these entries may have died between the end of a message and its report. */
async function requeueRedelivered(
	deps: ReceiptDeps,
	receiptBatches: readonly ReceiptBatch[],
	segments: ReadonlyMap<Receipt, SubmittedSegment>,
	known: ReadonlyMap<number, Message>,
): Promise<void> {
	const again = receiptBatches.filter(({ redelivered }) => redelivered);
	const ids = again.flatMap(({ receipts }) => receipts.map((receipt) => segments.get(receipt)?.messageId));
	const messages = [...new Set(ids)].map((id) => (id === undefined ? undefined : known.get(id)));
	await queueUnconfirmed(
		deps,
		messages.filter((message) => message !== undefined),
	);
}
