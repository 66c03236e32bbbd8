import type { Lane } from "../../domain/message/lanes.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";

/** Receipts of one operator that came together, and how often they were looked at without finding their submission. */
export type ReceiptBatch = {
	readonly operator: Lane["operator"];
	readonly receipts: readonly Receipt[];
	readonly checks: number;
	/** Somebody was given them before, and perhaps died at them. */
	readonly redelivered?: boolean;
};

export type ReceiptQueue = { send(receiptBatches: readonly ReceiptBatch[], delaySeconds?: number): Promise<void> };
