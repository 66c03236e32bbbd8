import * as z from "zod";

/** What the process of the simulated operators reports once all of them listen. */
export const operatorsReady = z.object({
	ready: z.literal(true),
	/** By operator name. */
	ports: z.record(z.string(), z.int()),
	controlPort: z.int(),
});
export type OperatorsReady = z.output<typeof operatorsReady>;
