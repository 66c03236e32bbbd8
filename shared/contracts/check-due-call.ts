import * as z from "zod";

/** What a schedule tells the check-due function: that a slot has come, or to look for those that were missed. */
export const checkDueCall = z.union([
	z.strictObject({ slot: z.int().positive() }),
	z.strictObject({ sweep: z.literal(true) }),
]);
export type CheckDueCall = z.output<typeof checkDueCall>;
