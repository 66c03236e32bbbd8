import * as z from "zod";
import { type Operator, operators } from "../domain/message/operators.ts";
import { type Priority, priorities } from "../domain/message/priorities.ts";
import type { SlotAction } from "../domain/schedule/slots.ts";
import { jsonText } from "./json-text.ts";
import { interim } from "./queue-entries.ts";

const messageIds = z.array(z.int().positive()).min(1);

export const slotAction = jsonText.pipe(
	z.discriminatedUnion("kind", [
		z.object({
			kind: z.literal("release"),
			sendJob: z.object({
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
			reportBatch: z.object({
				reportBatchId: z.string(),
				userName: z.string(),
				messageIds,
				tries: z.int().min(0),
				interim: interim.exactOptional(),
				incoming: z.literal(true).exactOptional(),
			}),
		}),
	]),
) satisfies z.ZodType<SlotAction>;
