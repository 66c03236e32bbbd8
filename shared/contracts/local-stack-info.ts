import * as z from "zod";

/** The path at which the local stack's webhook sink serves `localStackInfo`, for `smsgw --local`. */
export const localStackInfoPath = "/local-stack";

/** The names and endpoints of a local stack that runs on this machine. */
export const localStackInfo = z.object({
	region: z.string().min(1),
	/** Prefix of the names of its tables and queues. */
	prefix: z.string().min(1),
	endpoints: z.object({ dynamodb: z.url(), sqs: z.url() }),
});
export type LocalStackInfo = z.output<typeof localStackInfo>;
