import type { ReportPreference } from "../reports/report-preference.ts";
import type { TimeBounds } from "../time/time-bounds.ts";
import type { ClientPart } from "./client-part.ts";
import type { Operator } from "./operators.ts";
import type { Priority } from "./priorities.ts";
import type { MessageStatus } from "./statuses.ts";

/** One segment as the SMSC took it. Times are milliseconds since 1970, in UTC, here and everywhere inside. */
export type Segment = {
	readonly smscId: string;
	readonly status: MessageStatus;
	readonly statusAt: number;
	readonly errorCode: string | null;
	/** What the SMSC wrote for a reason, as it came, where it gave one for an end that is no delivery. */
	readonly reason?: string | undefined;
};

/** Submits of one segment beyond its first, whose answers never came. */
export type Repeats = { readonly segmentIndex: number; readonly times: number };

/** The holder of a message that is submitted no more: its watch row, until its receipt or its expiry (A51). */
export const watchHolder = "watch";

/** A message (MT) as it is stored: what the client sent, and what has become of it. */
export type Message = {
	/** Below 2^53, so that it stays exact as a JSON number (A2). */
	readonly messageId: number;
	readonly userName: string;
	/** Null for a message that came by SMPP. */
	readonly clientMessageId: string | null;
	/** The request that wrote this row, at random: tells our own insert, tried again, from somebody else's. */
	readonly attempt: string;
	readonly batchId: number | null;
	/** Whether its batch is taken whole or not at all (R27): until that batch is committed, this row is promised to no client. */
	readonly isFailFast: boolean;
	readonly sender: string;
	/** Eleven digits beginning with 7. */
	readonly recipient: string;
	readonly text: string;
	readonly priority: Priority;
	readonly timeBounds: TimeBounds;
	readonly flash: boolean;
	readonly schedule: number | null;
	readonly scheduleState: "N" | "P" | null;
	readonly expiresAt: number;
	/** When this row is deleted, and no longer read. */
	readonly keepUntil: number;
	/** Null for a message that was never routed. */
	readonly operator: Operator | null;
	readonly segmentCount: number;
	readonly status: MessageStatus;
	readonly errorCode: string | null;
	readonly acceptedAt: number;
	readonly sentAt: number | null;
	readonly confirmedAt: number | null;
	readonly statusAt: number;
	readonly retryCount: number;
	/** The lane entry that may submit it, by its SQS MessageId, where that had to be settled; `watchHolder` once no entry may. */
	readonly holder: string | null;
	/** Until when its holder does not submit it, for another entry may have submitted it without a claim; null where that is not so. */
	readonly waitsUntil: number | null;
	/** How often the segment at this index was, or may have been, submitted again without an answer (A51); null where none was. */
	readonly repeated: Repeats | null;
	/** In the order of the text; empty until the SMSC has taken one. */
	readonly segments: readonly Segment[];
	/** The report batch that reports this message's end to its client; null until it has one, or where nobody is told. */
	readonly reportBatchId: string | null;
	/** Whether its client is told on the way too, of SENT and EN_ROUTE (A34). */
	readonly wantsInterimReports: boolean;
	/** The report batches that report these; null until it has one, and always where its client is not told on the way. */
	readonly sentReportBatchId: string | null;
	readonly enRouteReportBatchId: string | null;
	readonly reportPreference: ReportPreference;
	/** Set where this is a part of a longer text that its client cut itself. */
	readonly part: ClientPart | null;
	/** Counts this row's changes. A change names the revision that it was worked out from, and fails on any other. */
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
		| "repeated"
		| "segments"
		| "scheduleState"
		| "reportBatchId"
		| "sentReportBatchId"
		| "enRouteReportBatchId"
	>
>;
