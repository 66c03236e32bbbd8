import type { Lane } from "../../domain/message/lanes.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";

/** Receipts of one operator in one queue entry. `checks`: how often their submissions were looked up in vain. */
export type ReceiptBatch = {
	readonly operator: Lane["operator"];
	readonly receipts: readonly Receipt[];
	readonly checks: number;
	/** The entry was received before, by a process that may have died. */
	readonly redelivered?: boolean;
};

/** A queue of receipts. Every call has a time limit; one that throws may have queued some or all. */

export type ReceiptQueue = { send(receiptBatches: readonly ReceiptBatch[], delaySeconds?: number): Promise<void> };
