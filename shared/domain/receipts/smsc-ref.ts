import type { Operator } from "../message/operators.ts";

/**
 * What a segment is known by: its operator, its handset, and the id that the SMSC gave it. Ids are each SMSC's own, and used again: so
 * a receipt counts for the handset that it speaks of, and two messages with one id do not meet. Some SMSCs write a receipt's number in
 * another form than they were given it: its last ten digits decide.
 */
export function smscRef(operator: Operator, recipient: string, smscId: string): string {
	return `${operator}#${recipient.replace(/\D/g, "").slice(-10)}#${smscId}`;
}
