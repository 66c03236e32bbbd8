import type { Message } from "../domain/message.ts";
import { type Submission, submitted } from "../domain/message-life.ts";
import type { Operator } from "../domain/operators.ts";
import { watchRows } from "../domain/slots.ts";
import { smscRef } from "../domain/smsc-ref.ts";
import { isFinal } from "../domain/statuses.ts";
import type { PackStore, SlotStore, SubmissionStore, SubmittedSegment } from "../ports.ts";
import { type ChangeDeps, changeMessages, queueUnconfirmed } from "./change-messages.ts";

export type Recording = ChangeDeps & {
	readonly submissions: Pick<SubmissionStore, "put">;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly slots: SlotStore;
};

/** A message that an operator was handed, by its row as it was picked up, and what came of it. */
export type Submitted = { readonly message: Message; readonly submission: Submission };

/** Receipts come until a message expires, and for three days after. */
const submissionsOutliveMs = 72 * 60 * 60_000;

/**
 * Writes down what was submitted: which segment each of the SMSC's ids stands for, and who will look after the messages until they
 * end; then the messages themselves. In this order, for a message that is SENT and whose lane entry comes again is passed over: its
 * watch row must be there by then. All of it may be done again.
 */
export async function recordSubmissions(
	recording: Recording,
	operator: Operator,
	all: readonly Submitted[],
): Promise<void> {
	const underWay = all.filter(({ submission }) => submission.refusal === null).map(({ message }) => message);
	await Promise.all([
		recording.submissions.put(all.flatMap((one) => segmentsOf(operator, one))),
		recording.slots.put(watchRows(underWay, Math.random)),
	]);
	const byId = new Map(all.map(({ message, submission }) => [message.messageId, submission]));
	const overtaken: Message[] = [];
	await changeMessages(
		recording,
		all.map(({ message }) => message),
		(message) => {
			if (isFinal(message.status)) overtaken.push(message);
			const submission = byId.get(message.messageId);
			return submission === undefined ? null : submitted(message, submission);
		},
	);
	/* Ended already, perhaps by ourselves, in a try of this that failed before its report was queued. */
	await queueUnconfirmed(recording, overtaken);
}

function segmentsOf(operator: Operator, { message, submission }: Submitted): readonly SubmittedSegment[] {
	const { messageId, recipient, expiresAt } = message;
	const keepUntil = expiresAt + submissionsOutliveMs;
	return submission.smscIds.flatMap((smscId, segmentIndex) =>
		/* An SMSC that gives no id will send no receipt that could be told from another's. */
		smscId === "" ? [] : [{ ref: smscRef(operator, smscId), messageId, segmentIndex, recipient, keepUntil }],
	);
}
