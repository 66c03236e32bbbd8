import * as z from "zod";

/** What the supervisor and the webhook sink send each other. */

export const sinkStart = z.object({ port: z.int().min(0).max(65_535) });
export type SinkStart = z.output<typeof sinkStart>;

export const sinkReady = z.object({ sinkUrl: z.url() });
export type SinkReady = z.output<typeof sinkReady>;
