import * as z from "zod";

/** Parses JSON text. Pipe it into the schema of the value. */
export const jsonText = z.string().transform((text, context): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		context.addIssue("must be JSON");
		return z.NEVER;
	}
});
