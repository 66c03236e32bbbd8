import * as z from "zod";
import { type LaneName, lanes } from "../domain/message/lanes.ts";
import { jsonText } from "./json-text.ts";

const names = lanes.map(({ name }) => name) as [LaneName, ...LaneName[]];

/** What a task publishes of an operator's lanes: what it has received lately. */
export const laneNote = z.object({
	/** The mean number of messages in an entry, of lanes from which it received some. */
	entry_size: z.partialRecord(z.enum(names), z.number().positive()),
	/** The accounts with the most messages among these, with their shares of all. */
	accounts: z.array(z.object({ account: z.string(), share: z.number() })),
});
export type LaneNote = z.output<typeof laneNote>;

export const laneNoteText = jsonText.pipe(laneNote);
