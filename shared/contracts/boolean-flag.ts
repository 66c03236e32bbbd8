import * as z from "zod";

/** A boolean as clients write it: `true`, `1`, "True", "yes", "on" and their opposites (A27). */
export const booleanFlag = z.union([
	z.boolean(),
	z.literal([0, 1]).transform((value) => value === 1),
	z.string().trim().pipe(z.stringbool()),
]);

/** A parameter of the query. Anything but a boolean counts as false. */
export function queryFlag(value: string | undefined): boolean {
	return booleanFlag.safeParse(value).data ?? false;
}
