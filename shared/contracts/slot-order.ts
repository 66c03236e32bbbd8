import * as z from "zod";
import { type Operator, operators } from "../domain/operators.ts";
import { type Priority, priorities } from "../domain/priorities.ts";
import type { SlotOrder } from "../domain/slots.ts";
import { jsonText } from "./json-text.ts";
import { onWay } from "./queue-entries.ts";

const messageIds = z.array(z.int().positive()).min(1);

/** What a row of the Slots table orders, as its JSON text. */
export const slotOrder = jsonText.pipe(
	z.discriminatedUnion("kind", [
		z.object({
			kind: z.literal("release"),
			parcel: z.object({
				userName: z.string(),
				operator: z.enum(operators as readonly [Operator, ...Operator[]]),
				priority: z.literal(priorities as readonly Priority[]),
				messageIds,
			}),
			again: z.literal(true).exactOptional(),
		}),
		z.object({ kind: z.literal("watch"), messageIds }),
		z.object({
			kind: z.literal("report"),
			pack: z.object({
				packId: z.string(),
				userName: z.string(),
				messageIds,
				tries: z.int().min(0),
				onWay: onWay.exactOptional(),
				incoming: z.literal(true).exactOptional(),
			}),
		}),
	]),
) satisfies z.ZodType<SlotOrder>;
