import type { Message } from "../../domain/message/message.ts";
import type { Operator } from "../../domain/message/operators.ts";
import {
	type LongReceiptRule,
	longReceiptEvidence,
	longReceiptForms,
	longReceiptRuleOf,
} from "../../domain/receipts/long-receipts.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";
import { lateCheck } from "../../domain/receipts/receipt-checks.ts";
import type { Log } from "../../log.ts";
import type { ReceiptForms } from "./receipt-forms.ts";
import type { ReceiptBatch, ReceiptQueue } from "./receipt-queue.ts";

export type LongReceiptDeps = {
	readonly receiptForms: ReceiptForms;
	/** For operators with this setting. */
	readonly longReceipts?: { readonly [Name in Operator]?: LongReceiptRule | undefined };
	readonly receipts: ReceiptQueue;
	readonly log: Log;
};

/** SQS's longest delay. The receipts of the parts of a message come within seconds of each other. */
const nextCheckSeconds = 900;
/** Three hours. */
const loneChecksMax = 12;

export async function longReceiptRule(
	{ receiptForms, longReceipts }: LongReceiptDeps,
	operator: Operator,
): Promise<LongReceiptRule | undefined> {
	return longReceiptRuleOf(longReceipts?.[operator], await receiptForms.of(operator));
}

/** The segment of a receipt that was applied, and its message as it is now. */
export type AppliedReceipt = { readonly message: Message; readonly segmentIndex: number };

/**
 * Learns whether an operator sends a receipt for each part of a long message, or one for all. While that is not known, a
 * receipt that is alone is checked again after a quarter of an hour: by then the others have come, or none will. That
 * each part has one is learnt at any time.
 */
export async function learnLongReceipts(
	deps: LongReceiptDeps,
	receiptBatches: readonly ReceiptBatch[],
	appliedOf: (receipt: Receipt) => AppliedReceipt | undefined,
): Promise<void> {
	for (const receiptBatch of receiptBatches) {
		const { operator } = receiptBatch;
		for (const receipt of receiptBatch.receipts) {
			const rule = await longReceiptRule(deps, operator);
			if (rule === "part" || deps.longReceipts?.[operator] !== undefined) break;
			const applied = appliedOf(receipt);
			if (applied !== undefined) await learnFrom(deps, receiptBatch, receipt, { ...applied, rule });
		}
	}
}

async function learnFrom(
	{ receiptForms, receipts, log }: LongReceiptDeps,
	{ operator, loneChecks = 0 }: ReceiptBatch,
	receipt: Receipt,
	{ message, segmentIndex, rule }: AppliedReceipt & { readonly rule: LongReceiptRule | undefined },
): Promise<void> {
	const evidence = longReceiptEvidence(message, segmentIndex, receipt);
	if (evidence === "part") await receiptForms.learn(operator, longReceiptForms.part);
	if (evidence !== "lone" || rule !== undefined) return;
	if (loneChecks > 0) await receiptForms.learn(operator, longReceiptForms.lone(message.messageId));
	const isLearnt = longReceiptRuleOf(undefined, await receiptForms.of(operator)) === "message";
	if (isLearnt) log.info("receipt.long_form_learned", { operator, rule: "message", message_id: message.messageId });
	if (loneChecks >= loneChecksMax) return;
	const again = { operator, receipts: [receipt], checks: lateCheck, loneChecks: loneChecks + 1 };
	await receipts.send([again], isLearnt ? 0 : nextCheckSeconds);
}
