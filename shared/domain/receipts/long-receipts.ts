import type { Message } from "../message/message.ts";
import { isFullySubmitted, mayHaveCopies } from "../message/message-transitions.ts";
import { isFinal } from "../message/statuses.ts";
import type { Receipt } from "./receipt.ts";

/** An operator's setting: for a message of several parts, its SMSC sends a receipt for each part, or one for all (A33). */
export const longReceiptRules = ["part", "message"] as const;
export type LongReceiptRule = (typeof longReceiptRules)[number];

/** What is learnt of an operator without the setting. `lone` names a message of which one receipt only has come. */
export const longReceiptForms = {
	part: "a receipt for each part",
	message: "one receipt for all parts",
	lone: (messageId: number) => `one receipt of ${messageId}`,
} as const;

/** So many messages with one receipt each show that the SMSC sends no more. */
const loneMin = 3;
const isLone = (form: string) => form.startsWith("one receipt of ");

export function longReceiptRuleOf(
	set: LongReceiptRule | undefined,
	learned: ReadonlySet<string>,
): LongReceiptRule | undefined {
	if (set !== undefined) return set;
	/* Receipts of two parts are certain. That no second one follows is not. */
	if (learned.has(longReceiptForms.part)) return "part";
	return learned.has(longReceiptForms.message) || [...learned].filter(isLone).length >= loneMin ? "message" : undefined;
}

/** Whether a receipt is for all parts: by the operator's rule, or because it counts them. */
export function isForAllParts(
	{ segments }: Pick<Receipt, "segments">,
	parts: number,
	rule: LongReceiptRule | undefined,
): boolean {
	return parts > 1 && rule !== "part" && (rule === "message" || segments === parts);
}

/**
 * What an applied receipt shows, with the row, of the receipts of a message with several parts; undefined if nothing.
 * Parts that one receipt ended together are no evidence, and copies may have a receipt each.
 */
export function longReceiptEvidence(
	{ segments, ...message }: Message,
	segmentIndex: number,
	receipt: Pick<Receipt, "segments">,
): "part" | "lone" | undefined {
	const own = segments[segmentIndex];
	if (!isFullySubmitted(message) || mayHaveCopies(message) || receipt.segments === segments.length) return undefined;
	if (own === undefined || !isFinal(own.status)) return undefined;
	const others = segments.filter(({ smscId }) => smscId !== own.smscId);
	const hasEnd = others.some(({ status, byOther }) => isFinal(status) && !byOther);
	if (own.byOther || hasEnd) return "part";
	return others.length > 0 && others.every(({ status }) => status === "SENT") ? "lone" : undefined;
}
