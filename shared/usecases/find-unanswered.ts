import type { Message } from "../domain/message.ts";
import { isWithdrawn, mayHaveCopies } from "../domain/message-life.ts";
import type { Operator } from "../domain/operators.ts";
import type { Receipt } from "../domain/receipt.ts";
import { isLate } from "../domain/receipt-looks.ts";
import { smscRef } from "../domain/smsc-ref.ts";
import type { Log, MessageStore, ReceiptPack, SubmissionStore, SubmittedSegment } from "../ports.ts";

export type FindingUnanswered = {
	readonly submissions: Pick<SubmissionStore, "findUnanswered">;
	readonly messages: Pick<MessageStore, "readEach">;
	readonly log: Log;
};

/**
 * The messages of receipts whose ids are known to no submission, long after any would be: such an id may be that of a submit whose answer never
 * came (A51). It is found by its recipient, where just one message to that recipient was submitted more than once, and has one segment.
 * @param known the receipts whose submissions were found.
 */
export async function findUnanswered(
	finding: FindingUnanswered,
	packs: readonly ReceiptPack[],
	known: ReadonlyMap<Receipt, SubmittedSegment>,
): Promise<ReadonlyMap<Receipt, SubmittedSegment>> {
	const late = packs.filter(({ looks }) => isLate(looks));
	const found = new Map<Receipt, SubmittedSegment>();
	for (const [operator, own] of Map.groupBy(late, (pack) => pack.operator)) {
		const receipts = own.flatMap((pack) => pack.receipts).filter((receipt) => !known.has(receipt));
		if (receipts.length === 0) continue;
		for (const [receipt, message] of await messagesOf(finding, operator, receipts)) {
			found.set(receipt, segmentOf(message, receipt, operator));
			finding.log.info("receipt.found_by_recipient", { operator, message_id: message.messageId });
		}
	}
	return found;
}

async function messagesOf(
	{ submissions, messages }: FindingUnanswered,
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

/** Whether a receipt may be of an unanswered submit of this message. */
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
