import type { SQSClient } from "@aws-sdk/client-sqs";
import { type ReceiptsEntryBody, receiptsEntryBody } from "../../contracts/queue-entries.ts";
import type { ReceiptBatch, ReceiptQueue } from "../../usecases/receipts/receipt-queue.ts";
import { asciiJson } from "../ascii-json.ts";
import { sendBodies } from "./sqs-entries.ts";

export function sqsReceipts(client: SQSClient, queueUrl: string): ReceiptQueue {
	return {
		send: async (receiptBatches, delaySeconds) =>
			await sendBodies(client, queueUrl, receiptBatches.map(bodyOf), delaySeconds),
	};
}

function bodyOf({ operator, receipts, checks, redelivered = false, loneChecks }: ReceiptBatch): string {
	const body: ReceiptsEntryBody = {
		operator,
		checks,
		...(redelivered && { redelivered }),
		...(loneChecks !== undefined && { lone_checks: loneChecks }),
		receipts: receipts.map(({ smscId, recipient, state, reason, receivedAt, textId, unswapped, mask, segments }) => ({
			smsc_id: smscId,
			recipient,
			state,
			reason,
			received_at: receivedAt,
			...(textId !== undefined && { text_id: textId }),
			...(unswapped !== undefined && { unswapped }),
			...(mask !== undefined && { mask }),
			...(segments !== undefined && { segments }),
		})),
	};
	return asciiJson(body);
}

/**
 * @param receives the entry's receive count, this time included.
 * @throws ZodError if the body is malformed.
 */
export function receiptBatchFrom(body: string, receives: number): ReceiptBatch {
	const { operator, checks, redelivered = false, lone_checks, receipts } = receiptsEntryBody.parse(body);
	return {
		operator,
		checks,
		redelivered: redelivered || receives > 1,
		...(lone_checks !== undefined && { loneChecks: lone_checks }),
		receipts: receipts.map(
			({ smsc_id, recipient, state, reason, received_at, text_id, unswapped, mask, segments }) => ({
				smscId: smsc_id,
				recipient,
				state,
				reason,
				receivedAt: received_at,
				...(text_id !== undefined && { textId: text_id }),
				...(unswapped !== undefined && { unswapped }),
				...(mask !== undefined && { mask }),
				...(segments !== undefined && { segments }),
			}),
		),
	};
}

/** The body that replaces a dead entry: its checks start again, but it counts as redelivered. Null if it is malformed. */
export function redrivenReceiptsEntry(body: string): string | null {
	const parsed = receiptsEntryBody.safeParse(body);
	return parsed.success
		? asciiJson({ ...parsed.data, checks: 0, redelivered: true } satisfies ReceiptsEntryBody)
		: null;
}
