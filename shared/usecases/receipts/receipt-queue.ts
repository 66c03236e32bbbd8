import type { Operator } from "../../domain/message/operators.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";

/** Receipts of one operator in one queue entry. */
export type ReceiptBatch = {
	readonly operator: Operator;
	readonly receipts: readonly Receipt[];
	/** How many times they could not be applied yet. */
	readonly checks: number;
	/** An entry of these receipts was received before, by a process that may have died. */
	readonly redelivered?: boolean;
	/** They are the only receipts of their messages so far. How often that was checked, the next time included. */
	readonly loneChecks?: number;
};

export type ReceiptQueue = { send(receiptBatches: readonly ReceiptBatch[], delaySeconds?: number): Promise<void> };
