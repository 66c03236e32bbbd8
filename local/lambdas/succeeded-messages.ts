import * as z from "zod";
import type { InvocationOutcome } from "./open-function.ts";
import type { SqsMessage } from "./sqs-event.ts";

const batchAnswer = z.object({
	batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * Which messages of a batch are done and may be deleted. A failure, a malformed answer, or one that names a message which was
 * not in the batch, counts for the whole batch, as Lambda reads it.
 */
export function succeededMessages(
	outcome: InvocationOutcome,
	messages: readonly SqsMessage[],
	reportsFailures: boolean,
): readonly SqsMessage[] {
	if (outcome.kind === "failed") return [];
	if (!reportsFailures) return messages;
	const answer = batchAnswer.nullish().safeParse(JSON.parse(outcome.payload));
	if (!answer.success) return [];
	const failed = new Set((answer.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
	const known = new Set(messages.map(({ MessageId }) => MessageId));
	if ([...failed].some((id) => !known.has(id))) return [];
	return messages.filter(({ MessageId }) => !failed.has(MessageId));
}
