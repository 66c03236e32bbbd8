import { booleanFlag } from "#shared/contracts/boolean-flag.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { Event } from "./http-handler.ts";

/**
 * Whether a request is only to be tried (A52).
 * @throws Refusal for a value that is not a boolean: a message must not be sent by a slip.
 */
export function isDryRun({ queryStringParameters }: Event): boolean {
	const value = queryStringParameters?.["dry_run"];
	if (value === undefined) return false;
	const parsed = booleanFlag.safeParse(value);
	if (!parsed.success) throw new Refusal(null, { field: "dry_run", detail: "dry_run must be true or false" });
	return parsed.data;
}
