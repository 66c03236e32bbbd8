import * as z from "zod";
import type { BatchItem, BatchRequest } from "../domain/accept/batch.ts";
import { textMax } from "../domain/accept/message-request.ts";
import { refusableFields } from "../domain/message/message.ts";
import { priorityFrom } from "../domain/message/priorities.ts";
import { clientMessageId, messageBody, optionalFields, optionalFlag } from "./message-body.ts";
import { NumberText } from "./number-text.ts";
import { refusalFrom } from "./refusal-from.ts";

/** The most messages in one batch (A25). */
export const messagesMax = 1_000;

/**
 * The body of POST /batches. Each message is parsed separately: a tolerant batch accepts a malformed message, which then ends
 * at once (A24). `fail-fast` has two other spellings, and may be a string (A27).
 */
export const batchBody = z
	.object(
		{
			messages: z
				.array(z.unknown(), { error: "must be a list of messages" })
				.min(1, "must hold at least one message")
				.max(messagesMax, `must hold at most ${messagesMax} messages`),
			"fail-fast": optionalFlag,
			fail_fast: optionalFlag,
			failFast: optionalFlag,
		},
		{ error: "must be a JSON object" },
	)
	.transform(
		(body): BatchRequest => ({
			failFast: body["fail-fast"] ?? body.fail_fast ?? body.failFast ?? false,
			items: body.messages.map(itemFrom),
			body: JSON.stringify(body),
		}),
	);

function itemFrom(item: unknown): BatchItem {
	const parsed = messageBody.safeParse(item);
	if (parsed.success) return parsed.data;
	const fields = typeof item === "object" && item !== null ? (item as Record<string, unknown>) : {};
	const read = {
		flash: optionalFields.flash.safeParse(fields["flash"]),
		time_bounds: optionalFields.time_bounds.safeParse(fields["time_bounds"]),
		expire_date: optionalFields.expire_date.safeParse(fields["expire_date"]),
		schedule: optionalFields.schedule.safeParse(fields["schedule"]),
	};
	return {
		refusal: refusalFrom(parsed.error),
		clientMessageId: clientMessageId.safeParse(fields["client_message_id"]).data ?? null,
		recipient: textIn(fields["recipient"], 32),
		sender: textIn(fields["sender"], 32),
		text: textIn(fields["message_text"], textMax),
		priority: priorityFrom(fields["priority"]),
		flash: read.flash.data ?? false,
		timeBounds: read.time_bounds.data ?? null,
		expiresAt: read.expire_date.data ?? null,
		schedule: read.schedule.data ?? null,
		unreadFields: refusableFields.filter((name) => !read[name].success),
	};
}

/** The first characters. A surrogate pair counts as one, as in the schemas. */
function textIn(value: unknown, charactersMax: number): string {
	const written = value instanceof NumberText ? value.written : value;
	const text = typeof written === "string" || typeof written === "number" ? String(written) : "";
	const characters = Array.from(text.slice(0, 2 * charactersMax));
	return characters.slice(0, charactersMax).join("").toWellFormed();
}
