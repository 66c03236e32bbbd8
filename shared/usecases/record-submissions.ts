import { receiptsOutliveMs } from "../domain/lifetimes.ts";
import type { Message } from "../domain/message.ts";
import { type EntryIds, type HandOver, interrupted, type Submission, submitted } from "../domain/message-life.ts";
import type { Operator } from "../domain/operators.ts";
import { watchRows } from "../domain/slots.ts";
import { smscRef } from "../domain/smsc-ref.ts";
import type { PackStore, SlotStore, SubmissionStore, SubmittedSegment } from "../ports.ts";
import { type ChangeDeps, changeMessages, queueUnconfirmed } from "./change-messages.ts";

export type Recording = ChangeDeps & {
	readonly submissions: Pick<SubmissionStore, "put">;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly slots: SlotStore;
};

/** A message that an operator was handed, by its row as it was picked up, and what came of it. */
export type Submitted = {
	readonly message: Message;
	readonly submission: Submission;
	/** How many submits it takes. */
	readonly parts: number;
	/** How many of its first segments `recordSegments` has written already. */
	readonly segmentsWritten: number;
};

/** A message whose hand-over stopped half-way. */
export type Interrupted = {
	readonly message: Message;
	readonly handOver: HandOver;
	readonly entryIds: EntryIds;
};

/** One segment that an operator took, of a message that has more. */
export type TakenSegment = {
	readonly message: Message;
	readonly segmentIndex: number;
	/** How many submits the whole message takes. */
	readonly parts: number;
	readonly smscId: string;
	/** When the first of its message was handed over. */
	readonly submittedAt: number;
};

/** Writes down what the SMSC's ids stand for, before their messages are whole: a receipt of a first segment may come before the last is sent. */
export async function recordSegments(
	submissions: Recording["submissions"],
	operator: Operator,
	taken: readonly TakenSegment[],
): Promise<void> {
	await submissions.put(taken.flatMap((one) => rowsOf(operator, one)));
}

/** Writes down in the messages how far they came, so that whoever picks them up next goes on from there. May be done again. */
export async function recordInterrupted(recording: ChangeDeps, all: readonly Interrupted[], at: number): Promise<void> {
	const byId = new Map(all.map((one) => [one.message.messageId, one]));
	await changeMessages(
		recording,
		[...byId.values()].map(({ message }) => message),
		(message) => {
			const one = byId.get(message.messageId);
			return one === undefined ? null : interrupted(message, one.handOver, one.entryIds, at);
		},
	);
}

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
		recording.submissions.put(all.flatMap(newSegmentsOf).flatMap((one) => rowsOf(operator, one))),
		recording.slots.put(watchRows(underWay, Math.random)),
	]);
	const byId = new Map(all.map(({ message, submission }) => [message.messageId, submission]));
	const recorded: Message[] = [];
	await changeMessages(
		recording,
		all.map(({ message }) => message),
		(message) => {
			if (message.status !== "NEW") recorded.push(message);
			const submission = byId.get(message.messageId);
			return submission === undefined ? null : submitted(message, submission);
		},
	);
	/* SENT or ended already: perhaps by an earlier try of this, or by a task that died, before the report was queued. */
	await queueUnconfirmed(recording, recorded);
}

function newSegmentsOf({ message, submission, parts, segmentsWritten }: Submitted): readonly TakenSegment[] {
	const { smscIds, sentAt: submittedAt } = submission;
	return smscIds
		.map((smscId, segmentIndex) => ({ message, segmentIndex, parts, smscId, submittedAt }))
		.slice(segmentsWritten);
}

/** An SMSC that gives no id will send no receipt that could be told from another's: then there is no row. */
function rowsOf(operator: Operator, taken: TakenSegment): readonly SubmittedSegment[] {
	const { message, segmentIndex, parts, smscId, submittedAt } = taken;
	if (smscId === "") return [];
	const { messageId, recipient, expiresAt } = message;
	const ref = smscRef(operator, recipient, smscId);
	return [{ ref, messageId, segmentIndex, parts, recipient, submittedAt, keepUntil: expiresAt + receiptsOutliveMs }];
}
