import type { Operator } from "../../domain/message/operators.ts";

/** Which segment an SMSC's id stands for, so that its receipt finds its message. */
export type SubmittedSegment = {
	readonly ref: string;
	readonly messageId: number;
	readonly segmentIndex: number;
	/** How many submits the whole message takes. */
	readonly parts: number;
	readonly recipient: string;
	/** When its message's first segment was handed over: no receipt of it can have come before. */
	readonly submittedAt: number;
	readonly keepUntil: number;
};

/** A message that was submitted more than once: the SMSC's id of the submit that was not answered is not known. */
export type UnansweredSubmit = {
	readonly operator: Operator;
	readonly recipient: string;
	readonly messageId: number;
	readonly keepUntil: number;
};

export type SubmissionStore = {
	put(segments: readonly SubmittedSegment[]): Promise<void>;
	find(refs: readonly string[]): Promise<ReadonlyMap<string, SubmittedSegment>>;
	/** Writes that a receipt of an unknown id for this recipient may be this message's. The same may be written again. */
	putUnanswered(submits: readonly UnansweredSubmit[]): Promise<void>;
	/** The messages to each recipient of an operator of which that was written. */
	findUnanswered(operator: Operator, recipients: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
};
