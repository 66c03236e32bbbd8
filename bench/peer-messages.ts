import * as z from "zod";

/** What a measurement and its SMSC and webhook sink send each other. */

export const smscReady = z.object({ port: z.int() });
export const fastServerReady = z.object({ url: z.url() });

export const smscOrder = z.discriminatedUnion("kind", [
	/** Restarts the counts. Receipts come this long after their submits from now on, or never if it is null. */
	z.object({ kind: z.literal("reset"), receiptDelayMs: z.number().nullable() }),
	z.object({ kind: z.literal("count") }),
	/** Asks when each recipient's message arrived. */
	z.object({ kind: z.literal("times") }),
]);
export type SmscOrder = z.output<typeof smscOrder>;

export const smscCount = z.object({
	messages: z.number(),
	repeats: z.number(),
	/** When the first message arrived, and the last. */
	firstAt: z.number(),
	lastAt: z.number(),
	/** Receipts that were sent again because they were refused or not answered. */
	resent: z.number(),
});
export type SmscCount = z.output<typeof smscCount>;

/** When each message arrived, by recipient. */
export const submitTimes = z.record(z.string(), z.number());

export const sinkOrder = z.object({ kind: z.enum(["reset", "count"]) });
export type SinkOrder = z.output<typeof sinkOrder>;
export const sinkCount = z.object({ messages: z.number(), repeats: z.number(), lastAt: z.number() });
export type SinkCount = z.output<typeof sinkCount>;
