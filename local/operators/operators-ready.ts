import * as z from "zod";

export const operatorsReady = z.object({
	ready: z.literal(true),
	ports: z.record(z.string(), z.int()),
	controlPort: z.int(),
});
export type OperatorsReady = z.output<typeof operatorsReady>;
