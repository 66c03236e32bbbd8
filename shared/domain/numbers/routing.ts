import type { ErrorCode } from "../message/error-codes.ts";
import type { Operator } from "../message/operators.ts";
import type { NumberEntry } from "./number-entry.ts";
import { operatorByPrefix } from "./recipient.ts";

/** Which operator gets a recipient's messages, or the code of why none may have them. */
export type RoutingOutcome =
	| { readonly operator: Operator }
	| { readonly refused: Extract<ErrorCode, "30" | "34" | "37"> };

/**
 * Where a recipient's messages go (R4, A49): to whom the number was ported, else by its prefix. A blocked number gets none (30), nor
 * does one that is being ported (37), nor one that no operator has (34).
 * @param entry what is known of the number; most have none.
 */
export function routeOf(recipient: string, entry: NumberEntry | undefined): RoutingOutcome {
	if (entry?.blocked) return { refused: "30" };
	if (entry?.porting) return { refused: "37" };
	const operator = entry?.portedTo ?? operatorByPrefix(recipient);
	return operator === null ? { refused: "34" } : { operator };
}
