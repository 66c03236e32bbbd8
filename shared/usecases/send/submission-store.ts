import type { Operator } from "../../domain/message/operators.ts";

export type SubmittedSegment = {
	/** See `smscRef`. */
	readonly ref: string;
	readonly messageId: number;
	readonly segmentIndex: number;
	readonly parts: number;
	readonly recipient: string;
	/** When the first segment of its message was submitted. No receipt can come before. */
	readonly submittedAt: number;
	readonly keepUntil: number;
};

/** A message with a submit without an answer, whose SMSC id is unknown. */
export type UnansweredSubmit = {
	readonly operator: Operator;
	readonly recipient: string;
	readonly messageId: number;
	readonly keepUntil: number;
};

/** Keeps submissions for their receipts. */
export type SubmissionStore = {
	put(segments: readonly SubmittedSegment[]): Promise<void>;
	find(refs: readonly string[]): Promise<ReadonlyMap<string, SubmittedSegment>>;
	/** Adds messages to the rows of their recipients, for receipts with unknown ids. May be repeated. */
	putUnanswered(submits: readonly UnansweredSubmit[]): Promise<void>;
	findUnanswered(operator: Operator, recipients: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
};
