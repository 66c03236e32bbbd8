import type { SQSClient } from "@aws-sdk/client-sqs";
import { type ReceiptsEntryBody, receiptsEntryBody } from "../../contracts/queue-entries.ts";
import type { ReceiptBatch, ReceiptQueue } from "../../usecases/receipts/receipt-queue.ts";
import { asciiJson } from "../ascii-json.ts";
import { sendBodies } from "./sqs-entries.ts";

/** The receipts queue, or the one where its dead letters rest. */
export function sqsReceipts(client: SQSClient, queueUrl: string): ReceiptQueue {
	return {
		send: async (receiptBatches, delaySeconds) =>
			await sendBodies(client, queueUrl, receiptBatches.map(bodyOf), delaySeconds),
	};
}

function bodyOf({ operator, receipts, checks, redelivered = false }: ReceiptBatch): string {
	const body: ReceiptsEntryBody = {
		operator,
		checks,
		...(redelivered && { redelivered }),
		receipts: receipts.map(({ smscId, recipient, state, reason, receivedAt }) => ({
			smsc_id: smscId,
			recipient,
			state,
			reason,
			received_at: receivedAt,
		})),
	};
	return asciiJson(body);
}

/**
 * @param receives how often the entry was received, this time included.
 * @throws ZodError on what is no entry of the receipts queue.
 */
export function receiptBatchFrom(body: string, receives: number): ReceiptBatch {
	const { operator, checks, redelivered = false, receipts } = receiptsEntryBody.parse(body);
	return {
		operator,
		checks,
		redelivered: redelivered || receives > 1,
		receipts: receipts.map(({ smsc_id, recipient, state, reason, received_at }) => ({
			smscId: smsc_id,
			recipient,
			state,
			reason,
			receivedAt: received_at,
		})),
	};
}

/** A dead entry of the receipts queue as if it had never been looked at, though it was received before; null for what is none. */
export function receiptsAsNew(body: string): string | null {
	const parsed = receiptsEntryBody.safeParse(body);
	return parsed.success
		? asciiJson({ ...parsed.data, checks: 0, redelivered: true } satisfies ReceiptsEntryBody)
		: null;
}
