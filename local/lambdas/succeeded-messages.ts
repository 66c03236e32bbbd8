import * as z from "zod";
import type { InvocationOutcome } from "./open-function.ts";
import type { SqsMessage } from "./sqs-event.ts";

const batchAnswer = z.object({
	batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * The messages of a batch that succeeded and may be deleted. As in Lambda, none succeeded if the function failed, or if its answer
 * is malformed or names a message that is not in the batch.
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
