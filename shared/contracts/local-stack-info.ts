import * as z from "zod";

/** The path at which the local stack's webhook sink serves `localStackInfo`, for `smsgw --local`. */
export const localStackInfoPath = "/local-stack";

export const localStackInfo = z.object({
	region: z.string().min(1),
	prefix: z.string().min(1),
	/** The API, base path included. */
	url: z.url(),
	endpoints: z.object({ dynamodb: z.url(), sqs: z.url() }),
});
export type LocalStackInfo = z.output<typeof localStackInfo>;
