import type { Operator } from "../message/operators.ts";
import { isHexInBothCases } from "./receipt-ids.ts";

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

/**
 * The key of the same segment for receipts that write its id in decimal: they do not tell the case of its letters. Undefined
 * unless the id is hex with letters in both cases.
 */
export function inLowerCase(ref: string): string | undefined {
	const id = ref.split("#").slice(2).join("#");
	return isHexInBothCases(id) ? ref.toLowerCase() : undefined;
}

/** Whether a key is the segment's own one, or made of it. */
export function isOfSegment(ref: string, own: string): boolean {
	return ref === own || ref === withoutRecipient(own) || ref === inLowerCase(own);
}
