import * as z from "zod";
import { instantFromAlmatyText } from "../domain/almaty-time.ts";
import type { ErrorCode } from "../domain/error-codes.ts";
import type { MessageRequest } from "../domain/message-request.ts";
import { priorityFrom } from "../domain/priorities.ts";
import { normalRecipient } from "../domain/recipient.ts";
import { timeBoundsNames } from "../domain/time-bounds.ts";

/**
 * The body of POST /messages, as real clients write it: numbers for ids, null for what they leave out, strings for booleans,
 * fields of their own (A1, A27, A29, A32, A44). What is malformed carries the dictionary's code for its field.
 */

const textMax = 1_500;

/** Half a surrogate pair has no place in UTF-8: it becomes U+FFFD here, once, so that what is stored is what was checked. */
const wellFormed = (text: string) => text.toWellFormed();

const textOrNumber = z.union([z.string(), z.number()]).transform((value) => wellFormed(String(value)));

/** A field that is refused under a code of the dictionary, or under none where the dictionary has none for it. */
function refusedAs<Schema extends z.ZodType>(code: ErrorCode | null, detail: string, schema: Schema) {
	return z
		.unknown()
		.optional()
		.transform((value, context): z.output<Schema> => {
			const parsed = schema.safeParse(value);
			if (parsed.success) return parsed.data;
			const missing = value === undefined || value === null ? "is missing: " : "";
			context.addIssue({ code: "custom", message: `${missing}${detail}`, params: { code } });
			return z.NEVER;
		});
}

/** What a null or nothing stands for is null; else what the schema says. */
const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? null);

const clientMessageId = textOrNumber.pipe(z.string().min(1).max(64));
const recipient = textOrNumber.transform(normalRecipient).pipe(z.string());
const messageText = z.string().transform(wellFormed).pipe(z.string().min(1).max(textMax));
const instant = z.string().transform(instantFromAlmatyText).pipe(z.number());
const flag = z.union([z.boolean(), z.stringbool({ truthy: ["true"], falsy: ["false"] })]);

export const messageBody = z
	.object(
		{
			client_message_id: refusedAs("12", "must be a text of 1 to 64 characters", clientMessageId),
			recipient: refusedAs("11", "must be a mobile number such as 77010000000", recipient),
			message_text: refusedAs("1", `must be a text of 1 to ${textMax} characters`, messageText),
			sender: refusedAs("10", "must be one of your senders' names", z.string().min(1)),
			priority: z.unknown().optional().transform(priorityFrom),
			expire_date: refusedAs("98", 'must be a date and time such as "2014-12-24 16:33:05"', orNull(instant)),
			time_bounds: refusedAs("25", `must be one of ${timeBoundsNames.join(", ")}`, orNull(z.enum(timeBoundsNames))),
			flash: refusedAs(null, "must be true or false", orNull(flag)),
			schedule: refusedAs("97", 'must be a date and time such as "2014-12-24 09:00:00"', orNull(instant)),
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
		}),
	);
