import * as z from "zod";
import { jsonText } from "./json-text.ts";

/** What a task publishes of one of its binds, in the row of its lease, each time that it renews it. */
export const bindNote = z.object({
	up: z.boolean(),
	/** Requests without a response. */
	in_flight: z.int(),
	/** Segments a second that it may send now: less than its share for a while after a throttled submit. */
	tps: z.number(),
	/** Its share of the contract's rate. */
	tps_max: z.number(),
	window: z.int(),
	/** Of the last submits, in milliseconds; null before the first. */
	round_trip_ms: z.number().nullable(),
});
export type BindNote = z.output<typeof bindNote>;

export const bindNoteText = jsonText.pipe(bindNote);
