import * as z from "zod";

/** Where the local stack's webhook sink says where everything is: for the command line, which works on a local stack that runs beside it. */
export const localStackInfoPath = "/local-stack";

/** What a local stack that runs on this machine says of itself there. */
export const localStackInfo = z.object({
	region: z.string().min(1),
	/** Begins the names of its tables and queues. */
	prefix: z.string().min(1),
	endpoints: z.object({ dynamodb: z.url(), sqs: z.url() }),
});
export type LocalStackInfo = z.output<typeof localStackInfo>;
