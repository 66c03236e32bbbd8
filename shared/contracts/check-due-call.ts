import * as z from "zod";

/** The call of a schedule to the check-due function: a slot is due, or the sweep checks for missed slots. */
export const checkDueCall = z.union([
	z.strictObject({ slot: z.int().positive() }),
	z.strictObject({ sweep: z.literal(true) }),
]);
export type CheckDueCall = z.output<typeof checkDueCall>;
