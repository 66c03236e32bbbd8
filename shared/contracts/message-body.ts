import * as z from "zod";
import { type MessageRequest, textMax } from "../domain/accept/message-request.ts";
import type { ErrorCode } from "../domain/message/error-codes.ts";
import { priorityFrom } from "../domain/message/priorities.ts";
import { normalRecipient } from "../domain/numbers/recipient.ts";
import { instantFromAlmatyText } from "../domain/time/almaty-time.ts";
import { timeBoundsNames } from "../domain/time/time-bounds.ts";

/**
 * The body of POST /messages, as real clients write it: numbers for ids, null for what they leave out, strings for booleans,
 * fields of their own (A1, A27, A29, A32, A44). What is malformed carries the dictionary's code for its field.
 */

/** Half a surrogate pair has no place in UTF-8: it becomes U+FFFD here, once, so that what is stored is what was checked. */
const wellFormed = (text: string) => text.toWellFormed();

const textOf = (value: string | number) => wellFormed(String(value));

/** As long as a sender's name may be, and no longer: a refusal repeats it. */
const senderMax = 21;

/** What `refusedAs` wraps, for whoever describes these bodies (`openapi/`): a wrapper hides it. */
export const refusedFields = new WeakMap<object, { readonly schema: z.ZodType; readonly code: ErrorCode | null }>();

/** A field that is refused under a code of the dictionary, or under none where the dictionary has none for it. */
function refusedAs<Schema extends z.ZodType>(code: ErrorCode | null, detail: string, schema: Schema) {
	const field = z
		.unknown()
		.optional()
		.transform((value, context): z.output<Schema> => {
			const parsed = schema.safeParse(value);
			if (parsed.success) return parsed.data;
			const missing = value === undefined || value === null ? "is missing: " : "";
			context.addIssue({ code: "custom", message: `${missing}${detail}`, params: { code } });
			return z.NEVER;
		});
	refusedFields.set(field, { schema, code });
	return field;
}

/** What a null or nothing stands for is null; else what the schema says. */
const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? null);

/** A number beyond 2^53 has lost digits when JSON was read: another id than the client's, and perhaps that of another message. */
const clientMessageId = z
	.union([z.string().min(1).max(64), z.number().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER)])
	.transform(textOf);
const recipient = z
	.union([z.string(), z.number()])
	.transform((value) => normalRecipient(String(value)))
	.pipe(z.string());
const messageText = z.string().min(1).max(textMax).transform(wellFormed);
const instant = z.string().transform(instantFromAlmatyText).pipe(z.number());
const flag = z.union([z.boolean(), z.stringbool({ truthy: ["true"], falsy: ["false"] })]);

/** A boolean, or its name as a text (A27); null where it is not said. */
export const optionalFlag = refusedAs(null, "must be true or false", orNull(flag));

export const messageBody = z
	.object(
		{
			client_message_id: refusedAs(
				"12",
				"must be a text of 1 to 64 characters, or a number below 2^53",
				clientMessageId,
			),
			recipient: refusedAs("11", "must be a mobile number such as 77010000000", recipient),
			message_text: refusedAs("1", `must be a text of 1 to ${textMax} characters`, messageText),
			sender: refusedAs("10", "must be one of your senders' names", z.string().min(1).max(senderMax)),
			priority: z.unknown().optional().transform(priorityFrom),
			expire_date: refusedAs("98", 'must be a date and time such as "2014-12-24 16:33:05"', orNull(instant)),
			time_bounds: refusedAs("25", `must be one of ${timeBoundsNames.join(", ")}`, orNull(z.enum(timeBoundsNames))),
			flash: optionalFlag,
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
			part: null,
			reportPreference: "always",
		}),
	);
