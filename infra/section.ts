import * as z from "zod";

/** A whole number within bounds. Its complaint says what was given and what may be. */
export function wholeNumber(min: number, max: number) {
	const error = ({ input }: { readonly input?: unknown }) =>
		`must be a whole number from ${min} to ${max}, not ${JSON.stringify(input)}`;
	return z.int({ error }).min(min, { error }).max(max, { error });
}

/** Settings that belong together. A name that none of them has is refused, with the names that they have. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
	return z.strictObject(shape, {
		error: (issue) =>
			issue.code === "unrecognized_keys"
				? `has no setting ${(issue["keys"] as string[]).join(", ")}; it has ${Object.keys(shape).join(", ")}`
				: undefined,
	});
}
