import * as z from "zod";
import type { IncomingEntry } from "../domain/incoming/incoming-entry.ts";
import { type MoPart, moEncodings, type PartGroup } from "../domain/incoming/mo-part.ts";
import type { PartialMessage } from "../domain/incoming/mo-reassembly.ts";
import { type Operator, operators } from "../domain/message/operators.ts";
import { jsonText } from "./json-text.ts";

const messageId = z.int().positive();
const operator = z.enum(operators as readonly [Operator, ...Operator[]]);
const addresses = { operator, sender: z.string(), recipient: z.string() };
const reference = z.int().min(0);
const place = z.int().min(1);

const moPart = z.object({
	partId: messageId,
	...addresses,
	encoding: z.enum(moEncodings),
	octets: z.base64(),
	place: z.object({ reference, total: place, sequence: place }).nullable(),
	arrivedAt: z.number(),
	receivedAt: z.number(),
}) satisfies z.ZodType<MoPart>;

export const partGroup = z.object({ ...addresses, reference, total: place }) satisfies z.ZodType<PartGroup>;

export const incomingEntryBody = jsonText.pipe(
	z.discriminatedUnion("kind", [
		z.object({ kind: z.literal("parts"), parts: z.array(moPart).min(1) }),
		z.object({ kind: z.literal("overdue"), of: partGroup }),
		z.object({ kind: z.literal("unrouted"), messageIds: z.array(messageId).min(1) }),
	]),
) satisfies z.ZodType<IncomingEntry>;

export const partialsJson = jsonText.pipe(
	z.array(
		z.object({
			messageId,
			parts: z.array(moPart).min(1),
			touchedAt: z.number(),
			closed: z.boolean(),
		}),
	),
) satisfies z.ZodType<readonly PartialMessage[]>;
