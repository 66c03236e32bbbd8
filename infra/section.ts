import * as z from "zod";

export function wholeNumber(min: number, max: number) {
	const error = ({ input }: { readonly input?: unknown }) =>
		`must be a whole number from ${min} to ${max}, not ${JSON.stringify(input)}`;
	return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A group of settings. The error for an unknown name lists the known ones. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
	return z.strictObject(shape, {
		error: (issue) =>
			issue.code === "unrecognized_keys"
				? `has no setting ${(issue["keys"] as string[]).join(", ")}: its settings are ${Object.keys(shape).join(", ")}`
				: undefined,
	});
}
