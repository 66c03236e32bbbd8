import type { Message } from "../domain/message.ts";
import { type Submission, submitted } from "../domain/message-life.ts";
import type { Operator } from "../domain/operators.ts";
import { watchRows } from "../domain/slots.ts";
import { smscRef } from "../domain/smsc-ref.ts";
import type { SlotStore, SubmissionStore, SubmittedSegment } from "../ports.ts";
import { type ChangeDeps, changeMessages } from "./change-messages.ts";

export type Recording = ChangeDeps & {
	readonly submissions: Pick<SubmissionStore, "put">;
	readonly slots: SlotStore;
};

/** A message that an operator was handed, by its row as it was picked up, and what came of it. */
export type Submitted = { readonly message: Message; readonly submission: Submission };

/** Receipts come until a message expires, and for three days after. */
const submissionsOutliveMs = 72 * 60 * 60_000;

/**
 * Writes down what was submitted: first which segment each of the SMSC's ids stands for, then the messages, then who will look
 * after those that have not ended. Only then may their lane entry be deleted. All of it may be done again.
 */
export async function recordSubmissions(
	recording: Recording,
	operator: Operator,
	all: readonly Submitted[],
): Promise<void> {
	await recording.submissions.put(all.flatMap((one) => segmentsOf(operator, one)));
	const byId = new Map(all.map(({ message, submission }) => [message.messageId, submission]));
	await changeMessages(
		recording,
		all.map(({ message }) => message),
		(message) => {
			const submission = byId.get(message.messageId);
			return submission === undefined ? null : submitted(message, submission);
		},
	);
	const underWay = all.filter(({ submission }) => submission.refusal === null).map(({ message }) => message);
	await recording.slots.put(watchRows(underWay, Math.random));
}

function segmentsOf(operator: Operator, { message, submission }: Submitted): readonly SubmittedSegment[] {
	const { messageId, recipient, expiresAt } = message;
	const keepUntil = expiresAt + submissionsOutliveMs;
	return submission.smscIds.flatMap((smscId, segmentIndex) =>
		/* An SMSC that gives no id will send no receipt that could be told from another's. */
		smscId === "" ? [] : [{ ref: smscRef(operator, smscId), messageId, segmentIndex, recipient, keepUntil }],
	);
}
