import type { Operator } from "../message/operators.ts";

/**
 * The key of a submitted segment: operator, recipient and SMSC id (ADR 0021). SMSCs reuse ids, so the recipient must
 * match too; only its last ten digits count, because some SMSCs write numbers in another form in receipts.
 */
export function smscRef(operator: Operator, recipient: string, smscId: string): string {
	return `${operator}#${recipient.replace(/\D/g, "").slice(-10)}#${smscId}`;
}

export const operatorOfRef = (ref: string): Operator => ref.slice(0, ref.indexOf("#")) as Operator;

/** The key of the same segment for receipts that do not name the recipient. */
export function withoutRecipient(ref: string): string {
	return ref.replace(/#\d*#/, "##");
}
