import * as z from "zod";

export const jsonText = z.string().transform((text, context): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		context.addIssue("must be JSON");
		return z.NEVER;
	}
});
