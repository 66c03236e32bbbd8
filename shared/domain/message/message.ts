import type { ReportPreference } from "../reports/report-preference.ts";
import type { TimeBounds } from "../time/time-bounds.ts";
import type { ClientPart } from "./client-part.ts";
import type { FinalText } from "./final-text.ts";
import type { HistoryEntry } from "./history-entry.ts";
import type { Operator } from "./operators.ts";
import type { Priority } from "./priorities.ts";
import type { SmppDetails } from "./smpp-details.ts";
import type { MessageStatus } from "./statuses.ts";

/** One segment that the SMSC accepted. All times in the code are milliseconds since 1970, UTC. */
export type Segment = {
	readonly smscId: string;
	readonly status: MessageStatus;
	readonly statusAt: number;
	readonly errorCode: string | null;
	/** The reason as the SMSC wrote it, if it gave one. */
	readonly reason?: string | undefined;
	/** It got its status from the receipt of another segment, which was for all. */
	readonly byOther?: true | undefined;
	/** The state in its last receipt, if that is not the usual one of its status; and its id, if it is of another copy. */
	readonly state?: string | undefined;
	readonly copyId?: string | undefined;
};

/** How often one segment was submitted again after submits without an answer. */
export type Repeats = {
	readonly segmentIndex: number;
	readonly times: number;
	/** The last count, unless it was taken back. Two tasks that count at once write different ids. */
	readonly countId?: string | undefined;
};

/** The error code of the last temporary refusal of a submit, and how many there were in a row. */
export type Refusals = { readonly code: string; readonly times: number };

/** The holder of a message that is not submitted any more: its watch row, until a receipt or its expiry (A51). */
export const watchHolder = "watch";

/** Optional fields of a request that may be malformed. */
export const refusableFields = ["flash", "time_bounds", "expire_date", "schedule"] as const;
export type RefusableField = (typeof refusableFields)[number];

/** Which fields a request gave whose defaults depend on the account or on the clock. */
export type GivenFields = {
	readonly timeBounds: boolean;
	/** As given, before it was shortened; null: not given. */
	readonly expiresAt: number | null;
};

export type Message = {
	/** Below 2^53, so that it stays exact as a JSON number (A2). */
	readonly messageId: number;
	readonly userName: string;
	readonly clientMessageId: string | null;
	/** Random id of the request that inserted this row. With it a repeated insert recognises its own row. */
	readonly attempt: string;
	readonly batchId: number | null;
	/** Of a fail-fast batch (R27): until that batch is committed, this row is promised to no client. */
	readonly isFailFast: boolean;
	readonly sender: string;
	/** Eleven digits beginning with 7. */
	readonly recipient: string;
	/** Once the message has ended, as `finalText` says. */
	readonly text: string;
	readonly finalText: FinalText;
	/** Of a text that will not be kept: a keyed hash, which recognises a repeated request (A28). Null: not recognised. */
	readonly textDigest: string | null;
	readonly priority: Priority;
	readonly timeBounds: TimeBounds;
	readonly flash: boolean;
	readonly schedule: number | null;
	readonly scheduleState: "N" | "P" | null;
	readonly expiresAt: number;
	/** After this time the row is not read any more, and is deleted. */
	readonly keepUntil: number;
	readonly operator: Operator | null;
	readonly segmentCount: number;
	readonly status: MessageStatus;
	readonly errorCode: string | null;
	/** What is wrong with a refused message, where the text of its code does not say it. */
	readonly refusalText: string | null;
	/** The fields of a refused message that could not be read: its row has their defaults. */
	readonly unreadFields: readonly RefusableField[];
	readonly acceptedAt: number;
	/** Where its client sent it from by REST. Null: by SMPP, or not known. */
	readonly clientAddress: string | null;
	readonly sentAt: number | null;
	readonly confirmedAt: number | null;
	readonly statusAt: number;
	readonly retryCount: number;
	/** The SQS MessageId of the lane entry that claimed it, and alone may submit it; `watchHolder`: no entry may. */
	readonly holder: string | null;
	/** Its holder does not submit it before: another entry may have submitted it without a claim. Null: no wait. */
	readonly waitsUntil: number | null;
	/** When it was set aside because its batch is paused. Null: it was not, or was claimed since. */
	readonly pausedAt: number | null;
	/** How often a segment was, or may have been, submitted again without an answer (A51). */
	readonly repeated: Repeats | null;
	/** Set if its SMSC goes on refusing its next segment for now; null if the last submit had another outcome. */
	readonly refused: Refusals | null;
	readonly segments: readonly Segment[];
	/** Which of its operator's binds submitted it, from 0. Null: not submitted, or not known. */
	readonly bindIndex: number | null;
	/** What no other field says, oldest first. */
	readonly history: readonly HistoryEntry[];
	/** The report batch of its end; null until it has one, and if its client wants no report. */
	readonly reportBatchId: string | null;
	/** Whether SENT and EN_ROUTE are reported too (A34). */
	readonly wantsInterimReports: boolean;
	/** The report batches of SENT and EN_ROUTE; null until there is one. */
	readonly sentReportBatchId: string | null;
	readonly enRouteReportBatchId: string | null;
	readonly reportPreference: ReportPreference;
	/** Null: not known, or no request can be compared with it. */
	readonly given: GivenFields | null;
	readonly part: ClientPart | null;
	/** Null for a message by REST. */
	readonly smpp: SmppDetails | null;
	/** Counts the changes of this row. A change names the revision that it read, and fails on any other (ADR 0001). */
	readonly revision: number;
};

/** What may change after a message was accepted. */
export type MessageChange = Partial<
	Pick<
		Message,
		| "status"
		| "errorCode"
		| "sentAt"
		| "confirmedAt"
		| "statusAt"
		| "retryCount"
		| "holder"
		| "waitsUntil"
		| "pausedAt"
		| "repeated"
		| "refused"
		| "segments"
		| "bindIndex"
		| "history"
		| "scheduleState"
		| "reportBatchId"
		| "sentReportBatchId"
		| "enRouteReportBatchId"
	>
>;
