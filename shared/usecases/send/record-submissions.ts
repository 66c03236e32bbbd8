import type { Message } from "../../domain/message/message.ts";
import {
	type EntryIds,
	interrupted,
	type Submission,
	type SubmissionProgress,
	submitted,
} from "../../domain/message/message-transitions.ts";
import type { Operator } from "../../domain/message/operators.ts";
import { receiptsAfterExpiryMs } from "../../domain/message/retention.ts";
import { smscRef } from "../../domain/receipts/smsc-ref.ts";
import { watchRows } from "../../domain/schedule/slots.ts";
import { type ChangeDeps, changeMessages, queueUnconfirmed } from "../message/change-messages.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { SlotStore } from "../schedule/slot-store.ts";
import type { SubmissionStore, SubmittedSegment } from "./submission-store.ts";

export type RecordDeps = ChangeDeps & {
	readonly submissions: Pick<SubmissionStore, "put">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
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

/** A message whose submission stopped half-way. */
export type Interrupted = {
	readonly message: Message;
	readonly progress: SubmissionProgress;
	readonly entryIds: EntryIds;
};

/** One segment that an operator took, of a message that has more. */
export type AcceptedSegment = {
	readonly message: Message;
	readonly segmentIndex: number;
	/** How many submits the whole message takes. */
	readonly parts: number;
	readonly smscId: string;
	/** When the first of its message was submitted. */
	readonly submittedAt: number;
};

/** Writes down what the SMSC's ids stand for, before their messages are whole: a receipt of a first segment may come before the last is sent. */
export async function recordSegments(
	submissions: RecordDeps["submissions"],
	operator: Operator,
	taken: readonly AcceptedSegment[],
): Promise<void> {
	await submissions.put(taken.flatMap((one) => rowsOf(operator, one)));
}

/** Writes down in the messages how far they came, so that whoever picks them up next goes on from there. May be done again. */
export async function recordInterrupted(deps: ChangeDeps, all: readonly Interrupted[], at: number): Promise<void> {
	const byId = new Map(all.map((one) => [one.message.messageId, one]));
	await changeMessages(
		deps,
		[...byId.values()].map(({ message }) => message),
		(message) => {
			const one = byId.get(message.messageId);
			return one === undefined ? null : interrupted(message, one.progress, one.entryIds, at);
		},
	);
}

/**
 * Writes down what was submitted: which segment each of the SMSC's ids stands for, and who will look after the messages until they
 * end; then the messages themselves. In this order, for a message that is SENT and whose lane entry comes again is passed over: its
 * watch row must be there by then. All of it may be done again.
 */
export async function recordSubmissions(
	deps: RecordDeps,
	operator: Operator,
	all: readonly Submitted[],
): Promise<void> {
	const underWay = all.filter(({ submission }) => submission.refusal === null).map(({ message }) => message);
	await Promise.all([
		deps.submissions.put(all.flatMap(newSegmentsOf).flatMap((one) => rowsOf(operator, one))),
		deps.slots.put(watchRows(underWay, Math.random)),
	]);
	const byId = new Map(all.map(({ message, submission }) => [message.messageId, submission]));
	const recorded: Message[] = [];
	await changeMessages(
		deps,
		all.map(({ message }) => message),
		(message) => {
			if (message.status !== "NEW") recorded.push(message);
			const submission = byId.get(message.messageId);
			return submission === undefined ? null : submitted(message, submission);
		},
	);
	/* SENT or ended already: perhaps by an earlier try of this, or by a task that died, before the report was queued. */
	await queueUnconfirmed(deps, recorded);
}

function newSegmentsOf({ message, submission, parts, segmentsWritten }: Submitted): readonly AcceptedSegment[] {
	const { smscIds, sentAt: submittedAt } = submission;
	return smscIds
		.map((smscId, segmentIndex) => ({ message, segmentIndex, parts, smscId, submittedAt }))
		.slice(segmentsWritten);
}

/** An SMSC that gives no id will send no receipt that could be told from another's: then there is no row. */
function rowsOf(operator: Operator, taken: AcceptedSegment): readonly SubmittedSegment[] {
	const { message, segmentIndex, parts, smscId, submittedAt } = taken;
	if (smscId === "") return [];
	const { messageId, recipient, expiresAt } = message;
	const ref = smscRef(operator, recipient, smscId);
	return [
		{ ref, messageId, segmentIndex, parts, recipient, submittedAt, keepUntil: expiresAt + receiptsAfterExpiryMs },
	];
}
