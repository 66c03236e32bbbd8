import * as z from "zod";

/** What a schedule tells the look function: that a slot has come, or to look for those that were missed. */
export const lookCall = z.union([
	z.strictObject({ slot: z.int().positive() }),
	z.strictObject({ sweep: z.literal(true) }),
]);
export type LookCall = z.output<typeof lookCall>;
