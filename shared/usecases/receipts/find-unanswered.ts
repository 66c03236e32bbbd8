import type { Message } from "../../domain/message/message.ts";
import { isWithdrawn, mayHaveCopies } from "../../domain/message/message-transitions.ts";
import type { Operator } from "../../domain/message/operators.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";
import { isLateCheck } from "../../domain/receipts/receipt-checks.ts";
import { smscRef } from "../../domain/receipts/smsc-ref.ts";
import type { Log } from "../../log.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { SubmissionStore, SubmittedSegment } from "../send/submission-store.ts";
import type { ReceiptBatch } from "./receipt-queue.ts";

export type FindUnansweredDeps = {
	readonly submissions: Pick<SubmissionStore, "findUnanswered">;
	readonly messages: Pick<MessageStore, "readEach">;
	readonly log: Log;
};

/**
 * Finds the segments of receipts whose ids are still unknown at a late check: the submit may have got no answer, so no
 * id is recorded (A51). A receipt matches if exactly one message to its recipient was submitted more than once, and that
 * message has one segment.
 * @param known the receipts whose submissions were found; they are left out.
 */
export async function findUnanswered(
	deps: FindUnansweredDeps,
	receiptBatches: readonly ReceiptBatch[],
	known: ReadonlyMap<Receipt, SubmittedSegment>,
): Promise<ReadonlyMap<Receipt, SubmittedSegment>> {
	const late = receiptBatches.filter(({ checks }) => isLateCheck(checks));
	const found = new Map<Receipt, SubmittedSegment>();
	for (const [operator, own] of Map.groupBy(late, (receiptBatch) => receiptBatch.operator)) {
		const receipts = own.flatMap((receiptBatch) => receiptBatch.receipts).filter((receipt) => !known.has(receipt));
		if (receipts.length === 0) continue;
		for (const [receipt, message] of await messagesOf(deps, operator, receipts)) {
			found.set(receipt, segmentOf(message, receipt, operator));
			const { messageId: message_id } = message;
			deps.log.info("receipt.found_by_recipient", {
				operator,
				message_id,
				smsc_id: receipt.smscId,
				state: receipt.state,
			});
		}
	}
	return found;
}

async function messagesOf(
	{ submissions, messages }: FindUnansweredDeps,
	operator: Operator,
	receipts: readonly Receipt[],
): Promise<readonly (readonly [Receipt, Message])[]> {
	const recipients = [...new Set(receipts.map(({ recipient }) => recipient))];
	const ids = await submissions.findUnanswered(operator, recipients);
	if (ids.size === 0) return [];
	const { rows, unreadable } = await messages.readEach([...new Set([...ids.values()].flat())]);
	return receipts.flatMap((receipt) => {
		const own = ids.get(receipt.recipient) ?? [];
		const fitting = own.flatMap((id) => rows.get(id) ?? []).filter((message) => fits(message, operator, receipt));
		const [only, ...others] = fitting;
		const isSure = others.length === 0 && !own.some((id) => unreadable.has(id));
		return only !== undefined && isSure && only.segmentCount === 1 ? [[receipt, only] as const] : [];
	});
}

function fits(message: Message, operator: Operator, { receivedAt }: Receipt): boolean {
	const isSubmitted = message.operator === operator && mayHaveCopies(message) && !isWithdrawn(message);
	return isSubmitted && message.acceptedAt <= receivedAt;
}

function segmentOf(
	{ messageId, keepUntil, acceptedAt }: Message,
	receipt: Receipt,
	operator: Operator,
): SubmittedSegment {
	const { recipient, smscId } = receipt;
	const ref = smscRef(operator, recipient, smscId);
	return { ref, messageId, segmentIndex: 0, parts: 1, recipient, submittedAt: acceptedAt, keepUntil };
}
