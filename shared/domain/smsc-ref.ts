import type { Operator } from "./operators.ts";

/** What a segment is known by at its operator: ids are each SMSC's own. */
export function smscRef(operator: Operator, smscId: string): string {
	return `${operator}#${smscId}`;
}
