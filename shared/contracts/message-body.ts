import * as z from "zod";
import { type MessageRequest, textMax } from "../domain/accept/message-request.ts";
import { type ErrorCode, errorTexts } from "../domain/message/error-codes.ts";
import { priorityFrom } from "../domain/message/priorities.ts";
import { normalRecipient } from "../domain/numbers/recipient.ts";
import { instantFromAlmatyText } from "../domain/time/almaty-time.ts";
import { timeBoundsNames } from "../domain/time/time-bounds.ts";
import { booleanFlag } from "./boolean-flag.ts";

/**
 * The body of POST /messages as clients send it: numbers for ids, null for absent fields, strings for booleans, and unknown
 * fields, which are ignored (A1, A27, A29, A32, A44). A refusal carries the dictionary's code for its field.
 */

/** UTF-8 cannot hold half a surrogate pair, and replaced by U+FFFD it would make different ids equal. */
const isWellFormed = (text: string) => text.isWellFormed();

/** The longest name of a sender. The limit matters because a refusal repeats the name. */
const senderMax = 21;

/** The schemas inside the wrappers that `refusedAs` makes, for the description in `openapi/`. */
export const refusedFields = new WeakMap<object, { readonly schema: z.ZodType; readonly code: ErrorCode | null }>();

/**
 * A field whose refusal has this code of the dictionary; null if the dictionary has no code for it.
 * @param detail follows the field's name, unless it is the text of the dictionary.
 */
function refusedAs<Schema extends z.ZodType>(code: ErrorCode | null, detail: string, schema: Schema) {
	const field = z
		.unknown()
		.optional()
		.transform((value, context): z.output<Schema> => {
			const parsed = schema.safeParse(value);
			if (parsed.success) return parsed.data;
			context.addIssue({ code: "custom", message: `${faultOf(value)}${detail}`, params: { code } });
			return z.NEVER;
		});
	refusedFields.set(field, { schema, code });
	return field;
}

function faultOf(value: unknown): string {
	if (value === undefined || value === null) return "is missing: ";
	return typeof value === "string" && !isWellFormed(value) ? "has half a surrogate pair: " : "";
}

const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? null);

/** A number in a request arrives as its text: `lambdas/http/json-body.ts`. */
export const clientMessageId = z.union([z.string().min(1).max(64).refine(isWellFormed), z.number()]).transform(String);
const sender = z.union([z.string(), z.number()]).transform(String).pipe(z.string().min(1).max(senderMax));
const recipient = z
	.union([z.string(), z.int().nonnegative()])
	.transform((value) => normalRecipient(String(value)))
	.pipe(z.string());
const messageText = z.string().min(1).max(textMax).refine(isWellFormed);
const instant = z.string().transform(instantFromAlmatyText).pipe(z.number());

/** Null if absent. */
export const optionalFlag = refusedAs(null, "must be true or false", orNull(booleanFlag));

/** The fields that a message may leave out, but its priority. Null if it does. */
export const optionalFields = {
	expire_date: refusedAs("98", 'must be a date and time such as "2014-12-24 16:33:05"', orNull(instant)),
	time_bounds: refusedAs("25", `must be one of ${timeBoundsNames.join(", ")}`, orNull(z.enum(timeBoundsNames))),
	flash: optionalFlag,
	schedule: refusedAs("97", 'must be a date and time such as "2014-12-24 09:00:00"', orNull(instant)),
};

export const messageBody = z
	.object(
		{
			client_message_id: refusedAs("12", "must be a text of 1 to 64 characters, or a number", clientMessageId),
			recipient: refusedAs("11", errorTexts[11], recipient),
			message_text: refusedAs("1", `must be a text of 1 to ${textMax} characters`, messageText),
			sender: refusedAs("10", "must be one of your senders' names", sender),
			priority: z.unknown().optional().transform(priorityFrom),
			...optionalFields,
		},
		{ error: "must be a JSON object" },
	)
	.transform(
		(body): MessageRequest => ({
			clientMessageId: body.client_message_id,
			recipient: body.recipient,
			text: body.message_text,
			sender: body.sender,
			priority: body.priority,
			flash: body.flash ?? false,
			timeBounds: body.time_bounds,
			expiresAt: body.expire_date,
			schedule: body.schedule,
			part: null,
			reportPreference: "always",
			smpp: null,
		}),
	);
