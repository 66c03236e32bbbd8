import type { ErrorCode } from "../message/error-codes.ts";
import type { Operator } from "../message/operators.ts";
import type { NumberEntry } from "./number-entry.ts";
import { operatorByPrefix } from "./recipient.ts";

export type RoutingOutcome =
	| { readonly operator: Operator }
	| { readonly refused: Extract<ErrorCode, "30" | "34" | "37"> };

/**
 * Routes to the operator that a number was ported to, otherwise by its prefix (R4, A49). Refused: blocked numbers (30),
 * numbers that are being ported (37), and unknown prefixes (34).
 */
export function routeOf(recipient: string, entry: NumberEntry | undefined): RoutingOutcome {
	if (entry?.blocked) return { refused: "30" };
	if (entry?.porting) return { refused: "37" };
	const operator = entry?.portedTo ?? operatorByPrefix(recipient);
	return operator === null ? { refused: "34" } : { operator };
}
