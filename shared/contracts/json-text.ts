import * as z from "zod";

/** Text that must be JSON, as the value it holds; what that value must be is the schema's that it is piped into. */
export const jsonText = z.string().transform((text, context): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		context.addIssue("must be JSON");
		return z.NEVER;
	}
});
