import * as z from "zod";
import type { BatchItem, BatchRequest } from "../domain/accept/batch.ts";
import { messageBody, optionalFlag } from "./message-body.ts";
import { refusalFrom } from "./refusal-from.ts";

/** The most messages in one batch (A25). */
const messagesMax = 1_000;

/**
 * The body of POST /batches. Each message is parsed for itself: in a tolerant batch one that is malformed is taken all the same,
 * and ends at once (A24). `fail-fast` may be spelt in two more ways, and written as a string (A27).
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

function itemFrom(written: unknown): BatchItem {
	const parsed = messageBody.safeParse(written);
	if (parsed.success) return parsed.data;
	const fields = typeof written === "object" && written !== null ? (written as Record<string, unknown>) : {};
	return {
		refusal: refusalFrom(parsed.error),
		clientMessageId: readable(fields["client_message_id"], 64) || null,
		recipient: readable(fields["recipient"], 32),
		sender: readable(fields["sender"], 32),
		text: readable(fields["message_text"], 1_500),
	};
}

/** As much as can be shown of a field that may hold anything. */
function readable(value: unknown, charactersMax: number): string {
	const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
	return text.slice(0, charactersMax).toWellFormed();
}
