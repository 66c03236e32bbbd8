import * as z from "zod";

/** Where the house's sink says where everything is: for the command line, which works on a house that runs beside it. */
export const localHousePath = "/house";

/** What a house that runs on this machine says of itself there. */
export const localHouse = z.object({
	region: z.string().min(1),
	/** Begins the names of its tables and queues. */
	prefix: z.string().min(1),
	endpoints: z.object({ dynamodb: z.url(), sqs: z.url() }),
});
export type LocalHouse = z.output<typeof localHouse>;
