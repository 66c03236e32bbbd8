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
import { type ChangeDeps, changeMessages, queueUnconfirmedReports } from "../message/change-messages.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { SlotStore } from "../schedule/slot-store.ts";
import type { SubmissionStore, SubmittedSegment } from "./submission-store.ts";

export type RecordDeps = ChangeDeps & {
	readonly submissions: Pick<SubmissionStore, "put">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly slots: SlotStore;
};

export type Submitted = {
	readonly message: Message;
	readonly submission: Submission;
	readonly parts: number;
	/** The number of its first segments that `recordSegments` has written already. */
	readonly segmentsWritten: number;
};

export type Interrupted = {
	readonly message: Message;
	readonly progress: SubmissionProgress;
	readonly entryIds: EntryIds;
};

export type AcceptedSegment = {
	readonly message: Message;
	readonly segmentIndex: number;
	readonly parts: number;
	readonly smscId: string;
	/** When the first segment of its message was submitted. */
	readonly submittedAt: number;
};

/** Writes the SMSC ids of segments before their message is complete: a receipt may come before the last submit. */
export async function recordSegments(
	submissions: RecordDeps["submissions"],
	operator: Operator,
	taken: readonly AcceptedSegment[],
): Promise<void> {
	await submissions.put(taken.flatMap((one) => rowsOf(operator, one)));
}

/** Writes how far interrupted submissions came, so that the next one continues there. May be repeated. */
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
 * Records submissions: first the SMSC ids and the watch rows, then SENT in the messages. A lane entry that comes again
 * skips a SENT message, so the watch row must exist by then (ADR 0006). May be repeated.
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
	/* SENT or ended already: by an earlier try, or by a task that died, perhaps before the report was queued. */
	await queueUnconfirmedReports(deps, recorded);
}

function newSegmentsOf({ message, submission, parts, segmentsWritten }: Submitted): readonly AcceptedSegment[] {
	const { smscIds, sentAt: submittedAt } = submission;
	return smscIds
		.map((smscId, segmentIndex) => ({ message, segmentIndex, parts, smscId, submittedAt }))
		.slice(segmentsWritten);
}

/** Without an SMSC id no receipt can be matched, so there is no row. */
function rowsOf(operator: Operator, taken: AcceptedSegment): readonly SubmittedSegment[] {
	const { message, segmentIndex, parts, smscId, submittedAt } = taken;
	if (smscId === "") return [];
	const { messageId, recipient, expiresAt } = message;
	const ref = smscRef(operator, recipient, smscId);
	return [
		{ ref, messageId, segmentIndex, parts, recipient, submittedAt, keepUntil: expiresAt + receiptsAfterExpiryMs },
	];
}
