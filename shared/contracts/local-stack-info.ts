import * as z from "zod";

/** The path at which the local stack's webhook sink serves `localStackInfo`, for `smsgw --local`. */
export const localStackInfoPath = "/local-stack";

export const localStackInfo = z.object({
	region: z.string().min(1),
	prefix: z.string().min(1),
	/** The API, base path included. */
	url: z.url(),
	endpoints: z.object({ dynamodb: z.url(), sqs: z.url() }),
	/** The settings of each operator's SMSC, as far as they were given. */
	operators: z.record(z.string(), z.unknown()),
});
export type LocalStackInfo = z.output<typeof localStackInfo>;
