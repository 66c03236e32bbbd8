/** A POST that the client's server did not confirm. */
export type FailedReport = {
	/** Which attempt of its report batch it was, from 1. */
	readonly tries: number;
	readonly at: number;
	/** Its status, or why there was none. Never its body: a server may write there what it was sent. */
	readonly answer: string;
	/** When the next attempt is due; null: the report was given up. */
	readonly nextAt: number | null;
};

export type ConfirmedReport = {
	/** Of its last part: an SMPP client confirms message by message. */
	readonly at: number;
	/** Null: not known. */
	readonly answer: string | null;
	readonly tries: number | null;
	readonly messageIds: ReadonlySet<number>;
	/** Those of them that an SMPP client will never take: they are settled, but it does not have them. Absent: none. */
	readonly refused?: RefusedReports;
};

/** `answer`: to the last of them. */
export type RefusedReports = { readonly answer: string; readonly messageIds: ReadonlySet<number> };

/** What is known of the delivery of a report batch. */
export type ReportAttempts = {
	/** The last of each number, in the order of the numbers. */
	readonly failed: readonly FailedReport[];
	readonly confirmed: ConfirmedReport | null;
};

/** How a report was confirmed. `isRefused`: the client will never take it. */
export type ConfirmingAnswer = { readonly answer: string; readonly tries?: number; readonly isRefused?: true };

/** The answer to a report by SMPP. */
export const smppAnswer: ConfirmingAnswer = { answer: "deliver_sm_resp" };

const answerMax = 100;

export const answerText = (text: string) => text.slice(0, answerMax);
